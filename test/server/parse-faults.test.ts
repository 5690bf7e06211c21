import { expect, test } from 'vitest'
import { parseFaults } from '../../src/server/parse-faults.ts'

const one = (text: string) => {
  const { text: written, ...fault } = parseFaults([text]).faults[0]!
  expect(written).toBe(text)
  return fault
}
const always = { method: null, from: 1, to: Number.POSITIVE_INFINITY }
const status = (of: number, retryAfter: number | null = null) => ({ kind: 'status', status: of, retryAfter })

test.each([
  ['status:502@2', { ...always, target: 'status', effect: status(502), from: 2, to: 2 }],
  ['status:drop-after-commit', { ...always, target: 'status', effect: { kind: 'drop-after-commit' } }],
  ['*:429@1,retry-after=3', { ...always, target: '*', effect: status(429, 3), to: 1 }],
  ['*:503,retry-after=0', { ...always, target: '*', effect: status(503, 0) }],
  ['*:slow=1b/s', { ...always, target: '*', effect: { kind: 'slow', bytesPerSecond: 1 } }],
  ['status:interval=2s', { ...always, target: 'status', effect: { kind: 'interval', seconds: 2 } }],
  ['api-keys:lost-response', { ...always, target: 'api-keys', effect: { kind: 'lost-response' } }],
  ['POST api-keys:cut@2-4', { target: 'api-keys', effect: { kind: 'cut' }, method: 'POST', from: 2, to: 4 }],
  ['zectre_dashboard:drop@2-', { ...always, target: 'zectre_dashboard', effect: { kind: 'drop' }, from: 2 }],
  ['/api/v1/user:html', { ...always, target: '/api/v1/user', effect: { kind: 'html' } }],
  ['keys:escape-sequences', { ...always, target: 'keys', effect: { kind: 'escape-sequences' } }],
  [
    'redirect:https://example.test',
    { ...always, target: '*', effect: { kind: 'redirect', to: 'https://example.test/' } },
  ],
  [
    'user:redirect=http://localhost:1/a,b?c=d@3',
    { ...always, target: 'user', effect: { kind: 'redirect', to: 'http://localhost:1/a,b?c=d' }, from: 3, to: 3 },
  ],
])('%s', (text, fault) => {
  expect(one(text)).toEqual(fault)
})

test('a clock is set wrong by seconds, and hits no request', () => {
  expect(parseFaults(['clock:+86400', 'clock:-3600'])).toEqual({ clockOffset: 82_800_000, faults: [] })
})

test.each([
  '',
  'status',
  'status:',
  ':502',
  'status:200',
  'status:600',
  'status:502@0',
  'status:502@4-2',
  'status:502@x',
  'status:502 @2',
  'status:502,retry-after',
  'status:502,retry-after=soon',
  'status:html,retry-after=3',
  'status:htm',
  'get status:502',
  '*:slow=0b/s',
  '*:slow=1',
  'status:interval=0s',
  'status:interval=2',
  'status:interval=2s,retry-after=3',
  'redirect:example.test',
  'redirect:javascript:alert(1)',
  'clock:86400',
  'clock:+1d',
  'clock:+999999999',
])('"%s" is no fault', (text) => {
  expect(() => parseFaults([text])).toThrow(
    expect.objectContaining({
      code: 'usage',
      hint: 'see: keyturn help faults',
      message: expect.stringMatching(/no fault.*as in \S+$/),
    }),
  )
})
