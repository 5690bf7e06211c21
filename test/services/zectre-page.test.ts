import { beforeEach, describe, expect, test } from 'vitest'
import { checkPhrase } from '../../src/vocabulary/check-phrase.ts'
import { MINUTE } from '../server/hand-clock.ts'
import { ALICE, type Answered, BOB, DASHBOARD, makeZectreHalf, type ZectreHalf } from './zectre-half.ts'

let zectre: ZectreHalf
let code: string
beforeEach(async () => {
  zectre = makeZectreHalf()
  await zectre.signUp()
  code = (await zectre.initiate({ device_name: 'dev@laptop (linux)' })).code
})

const open = (of = code) => zectre.visit('GET', `/auth/cli?code=${of}`)
/** Fills in the form as a person would, from the page as it is, and presses a button. */
const press = async (
  decision: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Answered> => {
  const { text } = await open()
  const form_token = /name="form_token" value="([^"]*)"/.exec(text)?.[1] ?? ''
  const form = { code, form_token, email: ALICE.email, password: ALICE.password, decision, ...fields }
  return zectre.visit('POST', '/auth/cli', { form, headers })
}
const statusNow = async () => (await zectre.status(code)).json.status
const heading = ({ text }: Answered) => /<h1>([^<]*)<\/h1>/.exec(text)?.[1]

describe('the page', () => {
  test('says what asks, when, from where and for what, and which words the terminal shows', async () => {
    zectre.clock.advance(2 * MINUTE)
    const { status, text } = await open()
    expect(status).toBe(200)
    expect(text).toContain('dev@laptop (linux)')
    expect(text).toContain('it says so itself')
    expect(text).toContain('2 minutes ago, from this computer (127.0.0.1)')
    expect(text).toContain('at 10:00, and waits until 10:10 UTC')
    expect(text).toContain('“dev@laptop (linux) 2026-03-27”')
    expect(text).toContain(checkPhrase(code))
  })

  test('changes nothing by being opened, however often and by whatever', async () => {
    for (const method of ['GET', 'HEAD', 'GET', 'OPTIONS', 'DELETE']) {
      await zectre.visit(method, `/auth/cli?code=${code}&decision=approve`, { headers: { purpose: 'prefetch' } })
    }
    expect(await statusNow()).toBe('pending')
  })

  test('has no script, asks for nothing from elsewhere, and may not be framed or kept', async () => {
    const { headers, text } = await open()
    expect(text).not.toMatch(/<script|<style| on\w+=|javascript:|https?:\/\//)
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-store')
    const style = await zectre.visit('GET', /href="([^"]+\.css)"/.exec(text)?.[1] ?? '')
    expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8'])
    expect(style.text.length + text.length).toBeLessThan(30_000)
  })

  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['"><img src=x onerror=alert(1)>', '&quot;&gt;&lt;img src=x onerror=alert(1)&gt;'],
    ['a\u202eb\u0000c\u001b[31md\ne', 'abc[31md e'],
    ['x'.repeat(10_000), `${'x'.repeat(63)}…<`],
  ])('shows a hostile device name as text: %#', async (device_name, shown) => {
    const hostile = await zectre.initiate({ device_name })
    const { text } = await open(hostile.code)
    expect(text).toContain(shown)
    expect(text).not.toContain(device_name)
  })

  test('says so when the program gave no name', async () => {
    const { text } = await open((await zectre.initiate({ device_name: ' \u200b\n' })).code)
    expect(text).toContain('it gave no name')
    expect(text).toContain('“command line 2026-03-27”')
  })
})

describe('approving', () => {
  test('completes the sign-in, says as whom, and how to undo it', async () => {
    const approved = await press('approve')
    expect([approved.status, heading(approved)]).toEqual([200, 'Approved'])
    expect(approved.text).toContain(ALICE.email)
    expect(approved.text).toContain('keyturn logout')
    expect(approved.text).not.toContain('zec_')
    expect(await statusNow()).toBe('completed')
  })

  test('with a wrong password brings the form back, says so, and keeps the address but not the password', async () => {
    const wrong = await press('approve', { email: 'a"b@example.com', password: 'not this one' })
    expect(wrong.status).toBe(401)
    expect(wrong.text).toMatch(/role="alert"[^>]*>The email address or the password is wrong/)
    expect(wrong.text).toContain('value="a&quot;b@example.com"')
    expect(wrong.text).not.toContain('not this one')
    expect(await statusNow()).toBe('pending')
    expect((await press('approve')).status).toBe(200)
  })

  test('with a disabled account is refused in the form', async () => {
    zectre.service.disable(ALICE.email)
    const refused = await press('approve')
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('This account is inactive')
  })

  test('is good once', async () => {
    const answers = await Promise.all([press('approve'), press('approve')])
    expect(answers.map(heading).sort()).toEqual(['Already used', 'Approved'])
  })
})

describe('denying', () => {
  test('needs no password, and reaches the command line', async () => {
    const denied = await press('deny', { email: '', password: '' })
    expect([denied.status, heading(denied)]).toEqual([200, 'Denied'])
    expect((await zectre.status(code)).json).toMatchObject({ status: 'expired', reason: 'denied' })
  })

  test('after approving changes nothing', async () => {
    const { text } = await open()
    const form_token = /name="form_token" value="([^"]*)"/.exec(text)?.[1] ?? ''
    await zectre.complete(code)
    const late = await zectre.visit('POST', '/auth/cli', { form: { code, form_token, decision: 'deny' } })
    expect([late.status, heading(late)]).toEqual([409, 'Already used'])
    expect(await statusNow()).toBe('completed')
  })
})

describe('every other state has its page', () => {
  const following = (event: () => Promise<unknown>) => async () => {
    await event()
    return code
  }

  test.each([
    ['an unknown code', async () => 'nothing', 404, 'No such sign-in'],
    ['no code', async () => '', 404, 'No such sign-in'],
    ['two codes', async () => `${code}&code=${code}`, 404, 'No such sign-in'],
    ['one that has ended', following(async () => zectre.clock.advance(10 * MINUTE)), 410, 'This sign-in has ended'],
    ['one that was denied', following(() => press('deny')), 410, 'This sign-in was denied'],
    ['one that was approved', following(() => press('approve')), 409, 'Already used'],
  ])('%s', async (_, arrange, status, title) => {
    const page = await open(await arrange())
    expect([page.status, heading(page)]).toEqual([status, title])
    expect(page.text).not.toContain('<form')
  })

  test('a path that is not there, a wrong method and a wrong type', async () => {
    expect((await zectre.visit('GET', '/nowhere')).text).toContain('there is nothing at this path')
    expect((await zectre.visit('DELETE', '/auth/cli')).status).toBe(405)
    const typed = await zectre.visit('POST', '/auth/cli', { headers: { 'content-type': 'application/json' } })
    expect([typed.status, heading(typed)]).toEqual([415, 'That did not work'])
  })
})

describe('a form from elsewhere', () => {
  test.each([
    ['without its token', { form_token: '' }, {}],
    ['with the token of another code', { code: 'another' }, {}],
    ['from another port of this machine', {}, { origin: 'http://localhost:3001', 'sec-fetch-site': 'same-site' }],
    ['from a page on the web', {}, { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
  ])('%s is refused', async (_, fields: Record<string, string>, headers: Record<string, string>) => {
    for (const decision of ['approve', 'deny']) {
      expect((await press(decision, fields, headers)).status).toBe(403)
    }
    expect(await statusNow()).toBe('pending')
  })

  test("is told from the page's own, as Chromium sends it under no-referrer", async () => {
    expect((await press('approve', {}, { origin: 'null', 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })

  test('that says neither approve nor deny does neither', async () => {
    expect((await press('')).status).toBe(400)
    expect(await statusNow()).toBe('pending')
  })
})

test("another's account may approve, and the page names it", async () => {
  await zectre.signUp(BOB)
  expect((await press('approve', { email: BOB.email, password: BOB.password })).text).toContain(BOB.email)
  expect((await zectre.status(code)).json.user.email).toBe(BOB.email)
})

test('the address that the command line is given is the page', async () => {
  const { auth_url, code: given } = await zectre.initiate()
  expect(auth_url).toBe(`${DASHBOARD}/auth/cli?code=${given}`)
})
