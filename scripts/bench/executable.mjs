// The single executable: what it weighs, and how it starts beside the Node that is in it.
import { statSync } from 'node:fs'
import { executable, makeBinary, NODE } from '../binary.mjs'
import { binary } from '../node-versions.mjs'
import { pairsOf } from './measure.mjs'

export const measureExecutable = async ({ place, service }, pairs) => {
  await makeBinary()
  const measured = (args, env) => pairsOf(binary(NODE), { command: executable, args, env }, pairs)
  return {
    node: NODE,
    bytes: statSync(executable).size,
    rows: [
      ['`--version`', measured(['--version'], place.env)],
      ['`account show`, http', measured(['account', 'show'], place.withKey(service.http))],
    ],
  }
}
