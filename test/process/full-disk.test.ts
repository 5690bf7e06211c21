import { expect, onTestFinished, test } from 'vitest'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { startCommand } from '../harness/program.ts'
import { readStore, removeHome } from '../torture/home.ts'
import { openLane } from '../torture/lane.ts'
import { makeTemplate } from '../torture/try-command.ts'
import { WRITING_COMMANDS } from '../torture/writing-commands.ts'

/** Not every processor has both. */
const MAKING_A_LOCK = '?symlink,?symlinkat'

test('a lock that can not be made because the disk is full is told as that', async () => {
  const lane = await openLane([NODE, PROGRAM])
  onTestFinished(() => lane.close())
  const { home } = await makeTemplate(lane, WRITING_COMMANDS.find(({ name }) => name === 'refresh')!)
  onTestFinished(() => removeHome(home))
  const fault = ['-e', `trace=${MAKING_A_LOCK}`, '-e', `inject=${MAKING_A_LOCK}:error=ENOSPC:when=1`]
  const args = ['-f', '-qqq', '-o', '/dev/null', ...fault, NODE, PROGRAM, 'refresh']
  const { code, stderr } = await startCommand('strace', args, { home, env: { KEYTURN_STORE: 'file' } }).ended
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/the lock can't be used: .*profile-curate-me\.lock .*the disk is full/),
  })
  expect(readStore(home).get('curate-me')?.credential).not.toBeNull()
})
