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
const tokenIn = ({ text }: Answered) => /name="form_token" value="([^"]*)"/.exec(text)?.[1] ?? ''
/** Goes where an answer sends a browser. */
const follow = async (answer: Answered): Promise<Answered> => {
  const location = answer.headers.get('location')
  return location === null ? answer : zectre.visit('GET', location)
}
/** Fills in the form as a person would, from the page as it is, and presses a button. */
const press = async (
  decision: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Answered> => {
  const form_token = tokenIn(await open())
  const form = { code, form_token, email: ALICE.email, password: ALICE.password, decision, ...fields }
  return follow(await zectre.visit('POST', '/auth/cli', { form, headers }))
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
    expect(text).toContain(
      '2 minutes ago, at <time datetime="2026-03-27T10:00:00Z">10:00 UTC</time>, from this computer',
    )
    expect(text).toContain('Open until <time datetime="2026-03-27T10:10:00Z">10:10 UTC</time>')
    expect(text).toContain('<bdi>dev@laptop (linux) <span class="day">2026-03-27</span></bdi>')
    expect(text).toContain(checkPhrase(code))
  })

  test('rows 15 and 150: changes nothing by being opened, however often and by whatever', async () => {
    const headers = { 'sec-purpose': 'prefetch', 'x-http-method-override': 'POST' }
    for (let time = 0; time < 100; time++) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'PUT', 'PATCH']) {
        const answer = await zectre.visit(method, `/auth/cli?code=${code}&decision=approve&_method=POST`, { headers })
        const isOpened = method === 'GET' || method === 'HEAD'
        expect(answer.status).toBe(isOpened ? 200 : 405)
        expect(answer.headers.get('allow')).toBe(isOpened ? null : 'GET, HEAD, POST')
      }
    }
    expect(await statusNow()).toBe('pending')
  })

  test('rows 151, 155 and 156: has no cookie, nothing inline or from elsewhere, and may not be framed, kept or passed on', async () => {
    const { headers, text } = await open()
    expect(text).not.toMatch(
      /<script(?! src="\/auth\/cli\.js" defer><\/script>)|<style| style=| on\w+=|javascript:|https?:\/\//,
    )
    expect(headers.has('set-cookie')).toBe(false)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
  })

  test('with its style and its script is smaller than 30 KB', async () => {
    const { text } = await open()
    const parts = [...text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = '']) => path)
    expect(parts).toEqual(['/auth/cli.css', '/auth/cli.js'])
    const [style, script] = await Promise.all(parts.map((path) => zectre.visit('GET', path)))
    expect(style?.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(script?.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(Buffer.byteLength(`${text}${style?.text}${script?.text}`)).toBeLessThan(30_000)
  })

  test('row 147: answers under no other name, on any of its paths and by any method', async () => {
    for (const path of [
      `/auth/cli?code=${code}`,
      `/auth/cli/state?code=${code}`,
      '/auth/cli.css',
      '/auth/cli.js',
      '/',
    ]) {
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        expect((await zectre.visit(method, path, { headers: { host: 'evil.test' } })).status).toBe(421)
      }
    }
  })

  test('says so when its terminal asked, and then stopped', async () => {
    const isHidden = async () => (await open()).text.includes('id="abandoned" hidden')
    zectre.clock.advance(MINUTE)
    expect(await isHidden()).toBe(true)
    await zectre.status(code)
    expect(await isHidden()).toBe(true)
    zectre.clock.advance(20_000)
    expect(await isHidden()).toBe(false)
  })

  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['"><img src=x onerror=alert(1)>', '&quot;&gt;&lt;img src=x onerror=alert(1)&gt;'],
    ['a\u202eb\u0000c\u001b[31md\ne', 'abc[31md e'],
    ['x'.repeat(10_000), `${'x'.repeat(63)}…<`],
  ])('row 17: shows a hostile device name as text: %#', async (device_name, shown) => {
    const hostile = await zectre.initiate({ device_name })
    const { text } = await open(hostile.code)
    expect(text).toContain(shown)
    expect(text).not.toContain(device_name)
  })

  test('says so when the program gave no name', async () => {
    const { text } = await open((await zectre.initiate({ device_name: ' \u200b\n' })).code)
    expect(text).toContain('It gave no name')
    expect(text).toContain('<bdi>command line <span class="day">2026-03-27</span></bdi>')
  })
})

describe('approving', () => {
  test('completes the sign-in, says as whom, and how to undo it', async () => {
    const approved = await press('approve')
    expect([approved.status, heading(approved)]).toEqual([200, 'Approved'])
    expect(approved.text).toContain(ALICE.email)
    expect(approved.text).toContain('keyturn logout')
    expect(approved.text).toMatch(/keyturn keys revoke zec_[0-9a-f]{8}</)
    expect(approved.text).not.toContain((await zectre.status(code)).json.api_key)
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

  test('row 154: sends the browser on with a 303, to the page of the decision and nowhere else', async () => {
    const form_token = tokenIn(await open())
    const form = { code, form_token, ...ALICE, decision: 'approve', next: '//evil.test' }
    const answer = await zectre.visit('POST', '/auth/cli?next=//evil.test', { form })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toMatch(new RegExp(`^/auth/cli\\?code=${code}&receipt=[\\w-]{43}$`))
    expect(heading(await open())).toBe('Already used')
    expect((await open()).text).not.toContain(ALICE.email)
    expect((await open(`${code}&receipt=x`)).text).not.toContain(ALICE.email)
  })

  test('after too many wrong passwords has to wait, may deny, and can go back', async () => {
    for (let wrong = 0; wrong < 5; wrong++) await press('approve', { password: 'not this one' })
    const locked = await press('approve')
    expect([locked.status, heading(locked)]).toEqual([429, 'Too many wrong passwords'])
    expect(locked.headers.get('retry-after')).toBe('30')
    expect(locked.text).toContain('in 30 seconds')
    expect(await statusNow()).toBe('pending')
    const form = { code, form_token: tokenIn(locked), decision: 'deny' }
    expect(heading(await follow(await zectre.visit('POST', '/auth/cli', { form })))).toBe('Denied')
  })

  test('and a fault of the server has a page that tells nothing of it', async () => {
    zectre.breakPasswords()
    const broken = await press('approve')
    expect([broken.status, heading(broken)]).toEqual([500, 'The server made a mistake'])
    expect(broken.text).not.toContain('on purpose')
    expect(zectre.faults).toHaveLength(1)
  })

  test('with a disabled account is refused in the form', async () => {
    zectre.service.disable(ALICE.email)
    const refused = await press('approve')
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('This account is inactive')
  })

  test('row 12: is good once', async () => {
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
    const form_token = tokenIn(await open())
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
    ['one that was denied', following(() => press('deny')), 410, 'Already denied'],
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

describe('the state that its script asks for', () => {
  const ask = async (headers: Record<string, string> = {}, of = code) =>
    zectre.visit('GET', `/auth/cli/state?code=${of}`, { headers })

  test('tells what the page tells, and nothing that a key could be fetched with', async () => {
    expect((await ask()).json).toEqual({ state: 'pending', seconds_left: 600, abandoned: false })
    await zectre.status(code)
    zectre.clock.advance(20_000)
    expect((await ask()).json).toEqual({ state: 'pending', seconds_left: 580, abandoned: true })
    await zectre.complete(code)
    expect(Object.keys((await ask()).json)).toEqual(['state', 'seconds_left', 'abandoned'])
    expect((await ask()).json.state).toBe('completed')
    expect((await ask({}, 'nothing')).json.state).toBe('unknown')
  })

  test('is for this page alone, and asking is not the terminal’s asking', async () => {
    expect((await ask({ 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await ask({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' })).status).toBe(403)
    await zectre.status(code)
    zectre.clock.advance(20_000)
    await ask()
    expect((await ask()).json.abandoned).toBe(true)
  })
})

describe('row 149: a form from elsewhere', () => {
  test.each([
    ['without its token', { form_token: '' }, {}],
    ['with the token of another code', { code: 'another' }, {}],
    ['from another port of this machine', {}, { origin: 'http://localhost:3001', 'sec-fetch-site': 'same-site' }],
    ['from a frame that hides where it is from', {}, { origin: 'null' }],
    ['from a page on the web', {}, { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
  ])('%s is refused', async (_, fields: Record<string, string>, headers: Record<string, string>) => {
    for (const decision of ['approve', 'deny']) {
      expect((await press(decision, fields, headers)).status).toBe(403)
    }
    expect(await statusNow()).toBe('pending')
  })

  test.each([
    ['as browsers send it', { origin: DASHBOARD, 'sec-fetch-site': 'same-origin' }],
    ['as Safari before 16.4 does', { origin: DASHBOARD }],
    ['with its origin withheld', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ])("is told from the page's own, %s", async (_, headers: Record<string, string>) => {
    expect((await press('approve', {}, headers)).status).toBe(200)
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
