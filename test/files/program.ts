import { join } from 'node:path'
import { rolldown } from 'rolldown'

/** A TypeScript file made into one that a bare `node` runs: for tests with several processes. */
export const buildProgram = async (source: string, folder: string): Promise<string> => {
  const file = join(folder, 'program.cjs')
  const bundle = await rolldown({ input: source, platform: 'node', external: [/^@napi-rs/] })
  await bundle.write({ file, format: 'cjs', codeSplitting: false })
  await bundle.close()
  return file
}
