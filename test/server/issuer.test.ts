import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { makeIdTokenVerifier } from '../../src/server/id-tokens.ts'
import { ISSUER_CLIENT, ISSUER_LISTENER, makeIssuer } from '../../src/server/issuer.ts'
import { makeServerContext } from './context.ts'
import { MINUTE } from './hand-clock.ts'

const ADDRESS = 'http://127.0.0.1:47095'
const BACK = 'http://127.0.0.1:50123/callback'
const EMAIL = 'gina@example.com'
const VERIFIER = 'a-verifier-of-forty-three-characters-or-more'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** The issuer as a function, and a verifier that asks it without a socket. */
const rig = () => {
  const context = makeServerContext({ addressOf: (name) => (name === ISSUER_LISTENER ? ADDRESS : '') })
  const issuer = makeIssuer(context)
  const ask = async (url: string, init: RequestInit = {}) =>
    issuer.fetch(new Request(new URL(url, ADDRESS), init), { address: '' })
  const submit = (url: string, fields: Record<string, string>, headers = {}) =>
    ask(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    })
  const { clock } = context
  const verify = makeIdTokenVerifier({ issuer: ADDRESS, clientId: ISSUER_CLIENT, clock, fetch: (url) => ask(url) })
  // biome-ignore lint/suspicious/noExplicitAny: whatever the issuer sent, for a test to look into
  const jsonOf = async (answer: Promise<Response>): Promise<any> => (await answer).json()
  return { ...context, ask, submit, verify, jsonOf }
}

const link = (changes: Record<string, string> = {}): string => {
  const asked = {
    response_type: 'code',
    client_id: ISSUER_CLIENT,
    redirect_uri: BACK,
    scope: 'openid email profile',
    state: 's',
    nonce: 'n',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...changes,
  }
  return `/authorize?${new URLSearchParams(asked)}`
}
const codeIn = (answer: Response): string =>
  new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
const redemption = (code: string, changes: Record<string, string> = {}) => ({
  grant_type: 'authorization_code',
  client_id: ISSUER_CLIENT,
  redirect_uri: BACK,
  code,
  code_verifier: VERIFIER,
  ...changes,
})

describe('the code flow', () => {
  test('ends with an ID token that our own verifier takes, with the nonce in it', async () => {
    const { submit, ask, verify, jsonOf } = rig()
    expect(await (await ask(link())).text()).toContain('<form method="post"')
    const answer = await submit(link(), { answer: 'approve', email: EMAIL })
    expect(answer.status).toBe(303)
    const back = new URL(answer.headers.get('location') ?? '')
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([BACK, 's'])
    const tokens = await jsonOf(submit('/token', redemption(codeIn(answer))))
    expect(tokens).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) })
    expect(decodeJwt(tokens.id_token).nonce).toBe('n')
    expect(await verify(tokens.id_token)).toMatchObject({ email: EMAIL, emailVerified: true })
  })

  test('who turns it down sends the program away with nothing', async () => {
    const { submit } = rig()
    const location = (await submit(link(), { answer: 'deny' })).headers.get('location') ?? ''
    expect(Object.fromEntries(new URL(location).searchParams)).toEqual({ state: 's', error: 'access_denied' })
  })

  test.each([
    ['used again', {}, 2],
    ['with another verifier', { code_verifier: `${VERIFIER}x` }, 1],
    ['without a verifier', { code_verifier: '' }, 1],
    ['for another address', { redirect_uri: 'http://127.0.0.1:50124/callback' }, 1],
  ])('a code %s is refused, and is then gone', async (_, changes, times) => {
    const { submit, jsonOf } = rig()
    const code = codeIn(await submit(link(), { answer: 'approve', email: EMAIL }))
    for (let i = 1; i < times; i++) expect(await jsonOf(submit('/token', redemption(code)))).toHaveProperty('id_token')
    const refused = { error: 'invalid_grant' }
    expect(await jsonOf(submit('/token', redemption(code, changes)))).toEqual(refused)
    expect(await jsonOf(submit('/token', redemption(code)))).toEqual(refused)
  })

  test('a code ends after a minute', async () => {
    const { submit, jsonOf, clock } = rig()
    const code = codeIn(await submit(link(), { answer: 'approve', email: EMAIL }))
    clock.advance(MINUTE)
    expect(await jsonOf(submit('/token', redemption(code)))).toEqual({ error: 'invalid_grant' })
  })

  test.each<[string, Record<string, string>]>([
    ['another client', { client_id: 'another' }],
    ['an address elsewhere', { redirect_uri: 'https://evil.test/callback' }],
    ['an address that begins like loopback', { redirect_uri: 'http://127.0.0.1.evil.test/callback' }],
    ['a user name that looks like loopback', { redirect_uri: 'http://127.0.0.1:80@evil.test/callback' }],
    ['localhost by name', { redirect_uri: 'http://localhost:50123/callback' }],
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['plain PKCE', { code_challenge_method: 'plain' }],
    ['a token at once', { response_type: 'id_token' }],
  ])('a link with %s is refused when it is opened and when it is submitted, and leads nowhere', async (_, changes) => {
    const { ask, submit } = rig()
    for (const answer of [await ask(link(changes)), await submit(link(changes), { answer: 'approve', email: EMAIL })]) {
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
    }
  })
})

describe('the device flow', () => {
  const begin = async (issuer: ReturnType<typeof rig>) => {
    const begun = await issuer.jsonOf(issuer.submit('/device/code', { client_id: ISSUER_CLIENT, scope: 'openid' }))
    const asked = { grant_type: DEVICE_GRANT, client_id: ISSUER_CLIENT, device_code: begun.device_code }
    return { begun, poll: () => issuer.jsonOf(issuer.submit('/token', asked)) }
  }

  test('ends with an ID token when the code was typed, in whatever case, and with it once', async () => {
    const issuer = rig()
    const { begun, poll } = await begin(issuer)
    expect(begun).toMatchObject({
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${ADDRESS}/device`,
      expires_in: 600,
      interval: 1,
    })
    expect(await poll()).toEqual({ error: 'authorization_pending' })
    const typed = begun.user_code.toLowerCase().replace('-', ' ')
    expect((await issuer.submit('/device', { code: typed, answer: 'approve', email: EMAIL })).status).toBe(200)
    expect(await issuer.verify((await poll()).id_token)).toMatchObject({ email: EMAIL })
    expect(await poll()).toEqual({ error: 'invalid_grant' })
  })

  test('who asks too fast has to ask more slowly, and from then on', async () => {
    const issuer = rig()
    const { poll } = await begin(issuer)
    const answers: string[] = []
    for (const pause of [0, 1_000, 100, 1_000, 11_000]) {
      issuer.clock.advance(pause)
      answers.push((await poll()).error)
    }
    const pending = 'authorization_pending'
    expect(answers).toEqual([pending, pending, 'slow_down', 'slow_down', pending])
  })

  test('codes are not found by trying: who tried five wrong ones has to wait (row 3)', async () => {
    const issuer = rig()
    const { begun, poll } = await begin(issuer)
    const type = (code: string) => issuer.submit('/device', { code, answer: 'approve', email: EMAIL })
    for (let index = 0; index < 5; index += 1) expect((await type('BBBB-BBBB')).status).toBe(404)
    const sixth = await type(begun.user_code)
    expect([sixth.status, sixth.headers.get('retry-after')]).toEqual([429, '30'])
    expect(await poll()).toEqual({ error: 'authorization_pending' })
    issuer.clock.advance(30_000)
    expect((await type(begun.user_code)).status).toBe(200)
  })

  test('what was decided stays so, whoever types the code next', async () => {
    const issuer = rig()
    const { begun, poll } = await begin(issuer)
    const decide = (answer: string, email: string) =>
      issuer.submit('/device', { code: begun.user_code, answer, email }).then(({ status }) => status)
    expect(await decide('approve', EMAIL)).toBe(200)
    expect(await decide('approve', 'mallory@example.com')).toBe(404)
    expect(await decide('deny', '')).toBe(404)
    expect(decodeJwt((await poll()).id_token).email).toBe(EMAIL)
  })

  test('turned down and ended are two answers', async () => {
    const issuer = rig()
    const [denied, ended] = [await begin(issuer), await begin(issuer)]
    await issuer.submit('/device', { code: denied.begun.user_code, answer: 'deny' })
    expect(await denied.poll()).toEqual({ error: 'access_denied' })
    issuer.clock.advance(10 * MINUTE)
    expect(await ended.poll()).toEqual({ error: 'expired_token' })
    const late = { code: ended.begun.user_code, answer: 'approve', email: EMAIL }
    expect((await issuer.submit('/device', late)).status).toBe(404)
  })

  test('a flood of beginnings does not grow without end', async () => {
    const issuer = rig()
    const { poll } = await begin(issuer)
    for (let i = 0; i < 1_000; i++) await begin(issuer)
    expect(await poll()).toEqual({ error: 'invalid_grant' })
  })
})

test.each(['https://evil.test', 'http://127.0.0.1:1'])('a form that a page at %s sends is refused', async (origin) => {
  const { submit } = rig()
  for (const url of [link(), '/device']) {
    const answer = await submit(url, { answer: 'approve', email: EMAIL, code: 'X' }, { origin })
    expect(answer.status).toBe(403)
  }
})

test('a client that nobody knows gets nothing, and neither does a grant that nobody knows', async () => {
  const { submit, jsonOf } = rig()
  for (const url of ['/token', '/device/code']) {
    expect(await jsonOf(submit(url, { client_id: 'another' }))).toEqual({ error: 'invalid_client' })
  }
  const password = { client_id: ISSUER_CLIENT, grant_type: 'password' }
  expect(await jsonOf(submit('/token', password))).toEqual({ error: 'unsupported_grant_type' })
})

test('the keys are the public halves, and a token of one issuer is none of another', async () => {
  const [one, another] = [rig(), rig()]
  const { keys } = await one.jsonOf(one.ask('/jwks'))
  expect(keys).toHaveLength(1)
  expect(keys[0]).not.toHaveProperty('d')
  const code = codeIn(await one.submit(link(), { answer: 'approve', email: EMAIL }))
  const { id_token } = await one.jsonOf(one.submit('/token', redemption(code)))
  await expect(another.verify(id_token)).rejects.toMatchObject({ status: 401 })
})
