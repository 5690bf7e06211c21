/** Each command that there is: what it prints for a person, with `--json` and with `--quiet`, and on which stream. */
import { describe, expect, test } from 'vitest'
import { FIELDS, fieldsOf } from '../../src/commands/fields.ts'
import { commands } from '../../src/commands/index.ts'
import { freshHome } from '../harness/home.ts'
import { start } from '../harness/program.ts'
import { accountRows } from './contract-account-rows.ts'
import { otherRows } from './contract-other-rows.ts'
import { contractRig, FILE, PASSWORD } from './contract-rig.ts'
import { checkRow, type Form } from './contract-rows.ts'
import { contractShapes } from './contract-shapes.ts'

const rig = contractRig()
const shapes = contractShapes(rig)
const ROWS = { ...accountRows({ rig, shapes }), ...otherRows({ rig, shapes }) }

/** "keys create --save" is a row of "keys create". */
const isRowOf = (row: string, words: string): boolean =>
  row === words || [' ', ','].some((end) => row.startsWith(words + end))

test('no command is without a row', () => {
  const all = [...commands.map(({ name }) => name), ...Object.keys(FIELDS)]
  const rows = [...Object.keys(ROWS), 'serve']
  expect(all.filter((words) => !rows.some((row) => isRowOf(row, words)))).toEqual([])
})

describe.each(Object.entries(ROWS))('%s', (row, prepare) => {
  test.each<Form>(['for a person', '--json', '--quiet'])('%s', async (form) => {
    const json = await checkRow(rig, prepare, form)
    // Whatever is printed can be chosen.
    const words = Object.keys(FIELDS).find((each) => isRowOf(row, each)) ?? ''
    const { names, open } = fieldsOf(words)
    if (!open && words !== 'exec') expect(names).toEqual(expect.arrayContaining(fieldNames(json)))
  })
})

const fieldNames = (json: unknown): string[] => Object.keys([json].flat()[0] ?? {})

describe('login --web --no-browser', () => {
  test.each<[string, string[], stdout: RegExp, stderr: RegExp]>([
    ['for a person', [], /^$/, /\nhttp:\S+\n[\s\S]+✓ signed in to zectre as alice@example\.com\n/],
    ['--json', ['--json'], /^\{"profile":"zectre",.+\}\n$/, /\nhttp:\S+\n[\s\S]+✓ signed in to zectre/],
    // Without the link nothing goes on.
    ['--quiet', ['--quiet'], /^$/, /^http:\S+\n$/],
  ])('%s', async (_form, more, stdout, stderr) => {
    const args = ['login', 'zectre', '--web', '--no-browser', '--url', rig.address('zectre'), ...more]
    const running = start(args, { home: freshHome(), env: FILE })
    const [, code = ''] = await running.waitForStderr(/^http:\S+\?code=(\S+)$/m)
    const body = { code, email: rig.people.alice.email, password: PASSWORD }
    await rig.call('zectre', '/api/v1/auth/cli/complete', { body })
    const ended = await running.ended
    expect(ended, ended.stderr).toMatchObject({
      ...{ code: 0, stdout: expect.stringMatching(stdout), stderr: expect.stringMatching(stderr) },
    })
    if (ended.stdout !== '') {
      expect(JSON.parse(ended.stdout)).toEqual(shapes.standing('zectre', 'api_key', shapes.alice()))
    }
  })
})

describe('serve', () => {
  const ADDRESS = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)
  const ALL = { restume: ADDRESS, zectre: ADDRESS, zectre_dashboard: ADDRESS, 'curate-me': ADDRESS }

  test('for a person', async () => {
    const running = start(['serve', '--port', '0'], { home: freshHome() })
    await running.waitForStderr(/\n +restume +http:\S+\n[\s\S]*\n +curate-me +http:\S+\n[\s\S]*Ctrl-C/)
    running.kill('SIGINT')
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' })
  })

  test.each([[['--json']], [['--json', '--quiet']]])('%j', async (more) => {
    const running = start(['serve', '--port', '0', ...more], { home: freshHome() })
    const [line] = await running.waitForStdout(/^.+\n/)
    expect(JSON.parse(line)).toEqual(ALL)
    running.kill('SIGTERM')
    const ended = await running.ended
    expect(ended).toMatchObject({ code: 143, stdout: line })
    expect(JSON.parse(ended.stderr.split('\n').at(-2) ?? '')).toMatchObject({ error: { code: 'terminated' } })
  })
})
