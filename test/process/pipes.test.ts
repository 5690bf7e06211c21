/** Where answers go: pipes that are slow, pipes that are closed, a disk that is full. */
import { expect, test } from 'vitest'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { startCommand } from '../harness/program.ts'
import { KEY, ROUTES, zectrePage } from './zectre-page.ts'

const COUNT = 5000
/** More than a pipe holds at once (64 KiB), many times over. */
const MANY = Array.from({ length: COUNT }, (_, index) => ({ id: `${index}-of-many-keys-with-long-names`, name: 'ci' }))

const shell = async (script: string, more: Record<string, string> = {}) => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.KEYS]: { json: { data: MANY } } })
  const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url, ...more }
  return startCommand('bash', ['-c', `keyturn() { "${NODE}" "${PROGRAM}" "$@"; }; ${script}`], { home, env }).ended
}

const SLOWLY = `python3 -c 'import sys, time
while part := sys.stdin.buffer.read(65536):
  time.sleep(0.01)
  sys.stdout.buffer.write(part)'`

test.each(['', ' --json', ' --quiet', " --jq '.[].id'"])(
  'keys list%s arrives whole through a slow pipe',
  async (how) => {
    const { stdout, stderr } = await shell(`keyturn keys list${how} | ${SLOWLY}`)
    expect(stderr).toBe('')
    if (how === ' --json') expect(JSON.parse(stdout)).toHaveLength(COUNT)
    else expect(stdout.trimEnd().split('\n')).toHaveLength(COUNT)
    expect(stdout).toContain(`${COUNT - 1}-of-many`)
  },
)

test.each(['', ' --json', ' --quiet', " --jq '.[].id'"])(
  'keys list%s is quiet when its pipe is closed',
  async (how) => {
    expect(await shell(`{ keyturn keys list${how}; echo "code $?" >&2; } | head -c 1 > /dev/null`)).toMatchObject({
      stderr: 'code 141\n',
    })
  },
)

test.each(['', ' --json', ' --quiet'])('keys list%s tells of a disk that is full', async (how) => {
  const { code, stderr } = await shell(`keyturn keys list${how} > /dev/full`)
  expect(code).toBe(1)
  expect(stderr).toContain('could not be written to standard output (ENOSPC)')
})

test('help is quiet when its pipe is closed, and whole through a slow one', async () => {
  expect((await shell(`{ keyturn --help; echo "code $?" >&2; } | true`)).stderr).toMatch(/^code (0|141)\n$/)
  expect((await shell(`keyturn --help | ${SLOWLY}`)).stdout).toMatch(/^keyturn[\s\S]*serve/)
})

test('what a pipe is too full for goes on when there is room again', async () => {
  const full = `strace -f -qqq -o /dev/null -P "$HOME/answer" -e trace=write -e inject=write:error=EAGAIN:when=1`
  const again = `${full} "${NODE}" "${PROGRAM}" account show > "$HOME/answer"`
  const { stdout, stderr } = await shell(`keyturn account show; echo; ${again}; cat "$HOME/answer"`)
  const [once, twice] = stdout.split('\n\n')
  expect({ twice, stderr }).toEqual({ twice: `${once}\n`, stderr: '' })
})

/** Fills a pipe that nobody reads, waits until the program waits for it, and stops the program. */
const STOPPED = `import os, signal, subprocess, sys
reading, writing = os.pipe()
os.set_blocking(writing, False)
try:
  while os.write(writing, b' ' * 4096): pass
except BlockingIOError:
  os.set_blocking(writing, True)
program = subprocess.Popen(sys.argv[1:], stdout=writing)
def waits():
  with open(f'/proc/{program.pid}/syscall') as file: return file.read().split()[1:2] == ['0x1']
while program.poll() is None and not waits(): os.sched_yield()
program.send_signal(signal.SIGTERM)
print(program.wait())`

test('a program that waits for a reader is stopped all the same', async () => {
  const { stdout, stderr } = await shell(`python3 -c "$STOPPED" "${NODE}" "${PROGRAM}" account show`, { STOPPED })
  expect({ stdout, stderr }).toEqual({ stdout: '-15\n', stderr: '' })
})
