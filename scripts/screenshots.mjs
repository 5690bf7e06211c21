// Takes a picture of every state of the approval page, light, dark and on a phone, into docs/images/: the pages that the
// browser tests judge, in the moment in which they judge them. What is drawn by lot or runs is replaced, so that the same
// page gives the same picture.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, tool } from './run.mjs'

const SCREENSHOTS = join(root, 'docs/images')

rmSync(SCREENSHOTS, { recursive: true, force: true })
const { code } = await tool('vitest/vitest.mjs', ['run', '--project', 'browser', 'test/browser/page-looks.test.ts'], {
  env: { ...process.env, SCREENSHOTS },
})
process.exit(code)
