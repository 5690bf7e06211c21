import { expect, test } from 'vitest'
import { failure, good, note, warning } from '../../src/doctor/finding.ts'
import { presentable, secretsOf } from '../../src/doctor/presentable.ts'
import { report } from '../../src/doctor/report.ts'
import { styleFor } from '../../src/terminal/style.ts'
import { wrap } from '../../src/terminal/wrap.ts'
import { makeOutput } from './output.ts'

const WHO = { home: '/home/alice', userName: 'alice', secrets: ['EXAMPLE-secret'] }

test.each([
  ['/home/alice/.config/keyturn', '~/.config/keyturn'],
  ['chmod 700 /home/alice', 'chmod 700 ~'],
  ['/home/alice2/x', '/home/alice2/x'],
  ['/media/alice/stick', '/media/[user]/stick'],
  ['alice is a name', 'alice is a name'],
  ['profile a.b@example.com', 'profile [email]'],
  ['http://a:b@proxy.example', 'http://…@proxy.example'],
  ['it said EXAMPLE-secret', 'it said [redacted]'],
  ['red \u001b[31m', 'red [31m'],
])('%j is written %j', (text, shown) => expect(presentable(text, WHO)).toBe(shown))

test.each([
  [
    'one that begins with another is struck out whole',
    ['EXAMPLE', 'EXAMPLE-longer'],
    'it said EXAMPLE-longer',
    'it said [redacted]',
  ],
  ['one of several lines is too', ['EXAMPLE\nkey'], 'it said EXAMPLE\nkey', 'it said [redacted]'],
  [
    'one where a long text is cut leaves no half',
    ['EXAMPLE-key'],
    `${'a '.repeat(996)}EXAMPLE-key and more`,
    `${'a '.repeat(996)}[redact…`,
  ],
])('of secrets, %s', (_, secrets, text, shown) => expect(presentable(text, { ...WHO, secrets })).toBe(shown))

test('a machine without a home or a name strikes nothing for it', () => {
  expect(presentable('/ and //x', { home: '/', userName: '', secrets: [] })).toBe('/ and //x')
})

test('secrets are known by the names of their variables', () => {
  const env = { KEYTURN_API_KEY: 'zec_EXAMPLE', GITHUB_TOKEN: 'ghp_EXAMPLE', PATH: '/usr/bin', DB_PASSWORD: 'abc' }
  expect(secretsOf(env)).toEqual(['zec_EXAMPLE', 'ghp_EXAMPLE'])
})

const plain = () => styleFor(makeOutput(), {}, true)
const shown = async (columns: number | null) =>
  report(
    {
      sections: [
        { title: 'here', findings: [good('keyturn', '1.0'), note('browser', 'none is opened')] },
        {
          title: 'work',
          findings: [
            failure('address:work', 'a long reason why not', 'type: keyturn login work'),
            warning('tls:work', 'soon', 'tell them'),
          ],
        },
      ],
      isAlone: false,
    },
    { columns, style: await plain() },
  )

test('each finding has a mark, a word and a name, and beneath it what to do', async () => {
  expect(await shown(null)).toBe(
    [
      'here',
      '  ✓ ok    keyturn  1.0',
      '  · note  browser  none is opened',
      'work',
      '  ✗ FAIL  address  a long reason why not',
      '                   → type: keyturn login work',
      '  ! warn  tls      soon',
      '                   → tell them',
      '',
      '1 thing does not work, 1 thing is worth a look',
      'nothing secret is in this report; it names the hosts of your profiles',
      '',
    ].join('\n'),
  )
})

test('in a narrow terminal what is long goes on under itself', async () => {
  expect((await shown(44)).split('\n').slice(4, 7)).toEqual([
    '  ✗ FAIL  address  a long reason why not',
    '                   → type: keyturn login',
    '                   work',
  ])
})

test('a path that is longer than a line stays whole', () => {
  expect(wrap('see /a/very/long/path/of/it now', 10)).toEqual(['see', '/a/very/long/path/of/it', 'now'])
})
