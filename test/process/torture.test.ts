import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { newCanary } from '../torture/canary.ts'
import { removeHome } from '../torture/home.ts'
import { openLane } from '../torture/lane.ts'
import { settingsRace } from '../torture/races.ts'
import { count, isWhole, newTally } from '../torture/tally.ts'
import { makeTemplate, tryCommand } from '../torture/try-command.ts'
import { WRITING_COMMANDS } from '../torture/writing-commands.ts'

/** The built program, with something done to its work when `keys create` or a login to the profile p1 is over. */
const spoilt = (spoil: string): string[] => {
  const file = join(freshHome().path, 'spoilt.cjs')
  const text = `
    const { spawnSync } = require('node:child_process')
    const fs = require('node:fs')
    const { join } = require('node:path')
    const args = process.argv.slice(2)
    const isIt = args.slice(0, 2).join(' ') === 'keys create' || args.includes('p1')
    const stdio = ['inherit', isIt && ${spoil === 'say nothing'} ? 'pipe' : 'inherit', 'inherit']
    const { status } = spawnSync(process.execPath, [${JSON.stringify(PROGRAM)}, ...args], { stdio })
    const folder = process.env.KEYTURN_CONFIG_DIR
    const store = join(folder, 'credentials.json')
    const text = fs.existsSync(store) ? fs.readFileSync(store, 'utf8') : ''
    if (isIt) { ${spoil === 'say nothing' ? '' : spoil} }
    process.exitCode = status`
  writeFileSync(file, text)
  return [NODE, file]
}

const NOTHING = { lost: 0, orphaned: 0, leaked: 0, stuck: 0 }

test.each([
  [
    'that forgets who is signed in',
    `fs.writeFileSync(store, '{"version":1,"entries":{}}')`,
    { lost: 1, orphaned: 1, stuck: 1 },
  ],
  ['that leaves half of the store', `fs.writeFileSync(store, text.slice(0, 40))`, { lost: 1 }],
  ['that makes a key and shows it to nobody', 'say nothing', { orphaned: 1 }],
  ['that prints what it has stored', `process.stderr.write(text)`, { leaked: 1 }],
  [
    'that keeps a copy',
    `fs.writeFileSync(join(process.env.HOME, 'copy'), Buffer.from(text).toString('base64'))`,
    { leaked: 1 },
  ],
  ['that leaves a file about', `fs.writeFileSync(join(folder, '.half.tmp'), '')`, { stuck: 1 }],
  ['that does as it should', '', {}],
])('a program %s is seen through', async (_, spoil, harm) => {
  const lane = await openLane(spoilt(spoil))
  onTestFinished(() => lane.close())
  const command = WRITING_COMMANDS.find(({ name }) => name === 'keys create, with a key')!
  const template = await makeTemplate(lane, command)
  onTestFinished(() => removeHome(template.home))
  const tally = newTally('spoilt')
  count(tally, 'nothing', await tryCommand(lane, command, template, { kind: 'nothing' }, newCanary()))
  expect({ tried: tally.tried, ...tally.counts }).toEqual({ tried: 1, ...NOTHING, ...harm })
  expect(isWhole(tally)).toBe(Object.keys(harm).length === 0)
})

/** When all four are there: one that is still at work would put back what it had read. */
const LOSE_ALL = `
  const isThere = (name) => fs.readFileSync(store, 'utf8').includes('"' + name + '"')
  while (!['p0', 'p1', 'p2', 'p3'].every(isThere)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  fs.writeFileSync(store, '{"version":1,"entries":{}}')`

test.each([
  ['that loses what another has written', LOSE_ALL, 1],
  ['that does as it should', '', 0],
])('a race of programs %s is judged by what is there afterwards', async (_, spoil, lost) => {
  const { counts, survived } = await settingsRace(spoilt(spoil), { processes: 4, rounds: 1 }, newCanary())
  expect({ lost: counts.lost, survived }).toEqual({ lost, survived: 1 - lost })
})
