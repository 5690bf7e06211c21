import { expect, test } from 'vitest'
import { judgeReach, type Place } from '../../src/doctor/service.ts'
import type { Reach } from '../../src/http/reach.ts'
import { findService } from '../../src/services/registry.ts'
import { Failure } from '../../src/vocabulary/failure.ts'

const NOW = Date.parse('2026-03-27T10:00:00Z')
const DAY = 86_400_000
const PLACE: Place = {
  name: 'work',
  service: findService('zectre'),
  url: new URL('https://api.zectre.example'),
  change: 'keyturn login zectre --profile work --url ADDRESS',
}
const ANSWER: NonNullable<Reach['answer']> = {
  milliseconds: 80,
  status: 401,
  headers: { date: new Date(NOW).toUTCString(), 'content-type': 'application/json' },
  body: '{"error":{"code":"UNAUTHORIZED"}}',
}
const WELL: Reach = {
  proxy: null,
  addresses: ['192.0.2.1'],
  looked: 3,
  connected: 20,
  tls: { protocol: 'TLSv1.3', until: NOW + 90 * DAY },
  answer: ANSWER,
  failure: null,
}

const judged = (changes: Partial<Reach>) => judgeReach(PLACE, { ...WELL, ...changes }, NOW)
const found = (name: string, changes: Partial<Reach>) => judged(changes).find((each) => each.name === `${name}:work`)
const answered = (changes: Partial<typeof ANSWER>) => ({ answer: { ...ANSWER, ...changes } })

test('a service that is well is told step by step', () => {
  expect(judged({}).map(({ name, level, detail }) => `${name} ${level}: ${detail}`)).toEqual([
    'address:work good: https://api.zectre.example is 192.0.2.1 (DNS 3 ms, TCP 17 ms)',
    'tls:work good: TLSv1.3, certificate until 2026-06-25',
    'answer:work good: like zectre: 401 without a credential, after 80 ms',
    "clock:work good: within 1 s of this machine's",
  ])
})

test('one that was not come to has one finding: how far, why, and what to do', () => {
  const failure = new Failure('unreachable', 'it was cut', { hint: 'try again' })
  expect(judged({ failure, tls: null, answer: null })).toEqual([
    { name: 'address:work', level: 'failure', detail: 'it was cut (connected after 20 ms)', hint: 'try again' },
  ])
})

test('what would send to the doctor sends to the address instead', () => {
  const failure = new Failure('unreachable', 'nothing listens there', { hint: 'check the network: keyturn doctor' })
  const hint = found('address', { failure, answer: null })?.hint
  expect(hint).toContain(PLACE.change)
  expect(hint).not.toContain('doctor')
})

test("a certificate that is not yet or no longer good may be this machine's clock", () => {
  const failure = new Failure('unreachable', 'its certificate was refused (CERT_HAS_EXPIRED)', { hint: 'another' })
  expect(found('address', { failure, tls: null, answer: null })?.hint).toContain('clock of this machine')
})

test.each<[string, Partial<typeof ANSWER>, string, RegExp]>([
  ['asks to slow down', { status: 429 }, 'note', /slow down/],
  ['is in trouble', { status: 503 }, 'failure', /in trouble/],
  [
    'sends elsewhere',
    { status: 302, headers: { ...ANSWER.headers, location: 'https://portal.example/a?b=c' } },
    'failure',
    /to https:\/\/portal\.example$/,
  ],
  [
    'is a web page',
    { body: '<html>', headers: { ...ANSWER.headers, 'content-type': 'text/html; charset=utf-8' } },
    'failure',
    /with text\/html: that is not like zectre/,
  ],
  ['knows no such path', { status: 404 }, 'failure', /404 to GET \/api\/v1\/user without .* not like zectre/],
  ['lets anybody in', { status: 200 }, 'failure', /200 .* not like zectre/],
])('an answer that %s is told', (_what, changes, level, said) => {
  const answer = found('answer', answered(changes))
  expect(answer).toMatchObject({ level, detail: expect.stringMatching(said) })
  if (/not like|to https/.test(answer?.detail ?? '')) expect(answer?.hint).toContain(PLACE.change)
})

test.each<[number, string, RegExp]>([
  [20_000, 'good', /within 2[01] s/],
  [-20_000, 'good', /within 2[01] s/],
  [90_000, 'warning', /^90 s ahead of/],
  [-600_000, 'warning', /^10 minutes behind/],
  [5 * 3_600_000, 'warning', /^5 hours ahead/],
  [-3 * DAY, 'warning', /^3 days behind/],
])('a clock that is %i ms away is %s', (away, level, said) => {
  const headers = { ...ANSWER.headers, date: new Date(NOW + away).toUTCString() }
  expect(found('clock', answered({ headers }))).toMatchObject({ level, detail: expect.stringMatching(said) })
})

test('an answer without a time says nothing of a clock', () => {
  expect(found('clock', answered({ headers: { ...ANSWER.headers, date: '' } }))).toBeUndefined()
})

test('a certificate that ends soon is worth a look', () => {
  expect(found('tls', { tls: { protocol: 'TLSv1.2', until: NOW + 3 * DAY } })?.level).toBe('warning')
})
