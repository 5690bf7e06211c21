// Makes the pictures of docs/images/ that are of the program: every state of the approval page, light, dark and on a phone,
// in the moment in which the browser tests judge it; and a sign-in in a terminal, by the test that holds it to the program.
// What is drawn by lot or runs is replaced, so that the same program gives the same picture.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, tool } from './run.mjs'

const SCREENSHOTS = join(root, 'docs/images')
const env = { ...process.env, SCREENSHOTS }

for (const name of readdirSync(SCREENSHOTS)) if (name.endsWith('.png')) rmSync(join(SCREENSHOTS, name))
for (const [project, file] of [
  ['browser', 'test/browser/page-looks.test.ts'],
  ['keychain', 'test/keychain/recording.test.ts'],
]) {
  const { code } = await tool('vitest/vitest.mjs', ['run', '--project', project, file], { env })
  if (code !== 0) process.exit(code)
}
