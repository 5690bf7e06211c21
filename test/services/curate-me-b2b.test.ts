import { beforeEach, describe, expect, test } from 'vitest'
import { curateMe as service } from '../../src/services/curate-me/index.ts'
import { DAY } from '../server/hand-clock.ts'
import { type Answered, BOB, bearer, type CurateMeHalf, codeOf, JANE, makeCurateMeHalf } from './curate-me-half.ts'

const KEYS = '/api/v1/b2b/api-keys'
const AGENTS = '/api/v1/admin/agents/status'
const SCOPES = ['agents:read', 'workflows:read', 'workflows:execute', 'costs:read']

let curateMe: CurateMeHalf
let jane: Record<string, string>
let own: string
let foreign: string
beforeEach(async () => {
  curateMe = makeCurateMeHalf()
  await curateMe.register()
  await curateMe.register(BOB)
  jane = bearer((await curateMe.logIn()).access_token)
  own = curateMe.orgOf(JANE)
  foreign = curateMe.orgOf(BOB)
})

const agents = (headers: Record<string, string>, path = AGENTS) => curateMe.call('GET', path, { headers })
const createKey = (body: object, headers: Record<string, string> = { ...jane, 'x-org-id': own }) =>
  curateMe.call('POST', KEYS, { body, headers })
const orgIn = ({ json }: Answered) => json.org_id

describe('the organisation', () => {
  test('is named by the header', async () => {
    expect((await agents({ ...jane, 'x-org-id': own })).json).toEqual({ org_id: own, agents: [] })
  })

  test('or by the path', async () => {
    expect(orgIn(await agents(jane, `/organizations/${own}${AGENTS}`))).toBe(own)
    const key = await curateMe.call('POST', `/organizations/${own}${KEYS}`, {
      body: { name: 'CI', scopes: SCOPES },
      headers: jane,
    })
    expect(orgIn(await agents({ 'x-api-key': key.json.key }))).toBe(own)
  })

  test('has to be named', async () => {
    expect(codeOf(await agents(jane))).toEqual([422, 'ORGANIZATION_REQUIRED'])
    expect(codeOf(await createKey({ name: 'CI', scopes: SCOPES }, jane))).toEqual([422, 'ORGANIZATION_REQUIRED'])
  })

  test("that is another's is refused, and so is one that is nobody's, in the same words", async () => {
    const refused = await agents({ ...jane, 'x-org-id': foreign })
    expect(codeOf(refused)).toEqual([403, 'FORBIDDEN'])
    expect((await agents({ ...jane, 'x-org-id': 'org_nowhere' })).text).toBe(refused.text)
    expect((await agents(jane, `/organizations/${foreign}${AGENTS}`)).text).toBe(refused.text)
    expect((await createKey({ name: 'CI', scopes: SCOPES }, { ...jane, 'x-org-id': foreign })).status).toBe(403)
  })

  test('in the header counts before the one in the path', async () => {
    curateMe.service.organisations.join(JANE.email, { org: foreign, role: 'member' })
    expect(orgIn(await agents({ ...jane, 'x-org-id': own }, `/organizations/${foreign}${AGENTS}`))).toBe(own)
    expect(orgIn(await agents({ ...jane, 'x-org-id': foreign }, `/organizations/${own}${AGENTS}`))).toBe(foreign)
  })

  test('in the token counts before both', async () => {
    const membership = { org: foreign, role: 'member' }
    curateMe.service.organisations.join(JANE.email, membership)
    curateMe.service.organisations.claim(JANE.email, membership)
    const { access_token } = await curateMe.logIn()
    const claims = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ org_id: foreign, org_role: 'member' })
    const headers = bearer(access_token)
    expect(orgIn(await agents(headers))).toBe(foreign)
    expect(orgIn(await agents({ ...headers, 'x-org-id': own }, `/organizations/${own}${AGENTS}`))).toBe(foreign)
  })

  test('in the token is worth nothing when the account does not belong to it', async () => {
    curateMe.service.organisations.claim(JANE.email, { org: foreign, role: 'owner' })
    const headers = { ...bearer((await curateMe.logIn()).access_token), 'x-org-id': own }
    expect(codeOf(await agents(headers))).toEqual([403, 'FORBIDDEN'])
  })
})

describe('API keys', () => {
  test('need no header, and stay with their organisation whatever it says', async () => {
    const { key } = (await createKey({ name: 'CI', scopes: SCOPES })).json
    expect(orgIn(await agents({ 'x-api-key': key }))).toBe(own)
    expect(orgIn(await agents({ 'x-api-key': key, 'x-org-id': foreign }))).toBe(own)
    expect(orgIn(await agents({ 'x-api-key': key }, `/organizations/${foreign}${AGENTS}`))).toBe(own)
  })

  test('may do what they were made for and nothing else', async () => {
    const { key } = (await createKey({ name: 'CI', scopes: ['workflows:read', 'costs:read'] })).json
    const answer = await agents({ 'x-api-key': key })
    expect(codeOf(answer)).toEqual([403, 'INSUFFICIENT_SCOPE'])
    expect(answer.json.error).toContain('agents:read')
  })

  test('do not end by themselves', async () => {
    const { key } = (await createKey({ name: 'CI', scopes: SCOPES })).json
    curateMe.clock.advance(1000 * DAY)
    expect((await agents({ 'x-api-key': key })).status).toBe(200)
  })

  test('outlive the session that made them', async () => {
    const { access_token, refresh_token } = await curateMe.logIn()
    const { key } = (await createKey({ name: 'CI', scopes: SCOPES }, { ...bearer(access_token), 'x-org-id': own })).json
    await curateMe.call('POST', '/api/v1/auth/logout', { body: { refresh_token }, headers: bearer(access_token) })
    expect((await agents({ 'x-api-key': key })).status).toBe(200)
  })

  test('are no session: neither the profile nor a further key is theirs to ask for', async () => {
    const { key } = (await createKey({ name: 'CI', scopes: SCOPES })).json
    const headers = { 'x-api-key': key, 'x-org-id': own }
    expect(codeOf(await curateMe.call('GET', '/api/v1/user/profile', { headers }))).toEqual([401, 'UNAUTHORIZED'])
    expect(codeOf(await createKey({ name: 'more', scopes: SCOPES }, headers))).toEqual([401, 'UNAUTHORIZED'])
  })

  test.each([
    ['no name', { scopes: SCOPES }, '"name"'],
    ['an empty name', { name: '', scopes: SCOPES }, '"name"'],
    ['no scopes', { name: 'x' }, '"scopes"'],
    ['an empty list of scopes', { name: 'x', scopes: [] }, '"scopes"'],
    ['a scope that is on no list', { name: 'x', scopes: ['agents:read', 'agents:write'] }, '"scopes.1"'],
    ['all scopes by a star', { name: 'x', scopes: ['*'] }, '"scopes.0"'],
  ])('made with %s are refused by the name of the field', async (_, body, field) => {
    const answer = await createKey(body)
    expect(codeOf(answer)).toEqual([422, 'INVALID_REQUEST'])
    expect(answer.json.error).toContain(field)
  })
})

test.each([
  ['/api/v1/b2b/api-keys', true],
  ['/api/v1/admin', true],
  ['/api/v1/admin?x=1', true],
  ['/organizations/org_1/agents', true],
  ['/api/v1/user/profile', false],
  ['/api/v1/administrators', false],
  ['/api/v1/organizations', false],
  ['/elsewhere/api/v1/admin', false],
])('%s goes to the B2B host: %s', (path, expected) => {
  expect(service.isAdminPath(path)).toBe(expected)
})
