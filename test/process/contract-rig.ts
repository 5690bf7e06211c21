/** What the tests of `contract*.test.ts` share: the built server, accounts in each service, homes that know them. */
import { cpSync, mkdirSync } from 'node:fs'
import { afterAll, beforeAll, expect } from 'vitest'
import { canary, watchFor } from '../harness/canary.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { referenceServer } from '../harness/reference-server.ts'

export const FILE = { KEYTURN_STORE: 'file' }
export const PASSWORD = canary('password')

/** What a script reads: the service's own words for it. */
export interface Key {
  id: string
  name: string
  key: string
  prefix: string
}

export const contractRig = () => {
  const server = referenceServer()
  const { address, call, letterTo, idToken } = server
  const base = freshHome(afterAll)
  let count = 0
  /** A name that nobody has yet. */
  const newName = (): string => `somebody${++count}`

  const restumeAccount = async (username = newName()) => {
    const email = `${username}@example.com`
    await call('restume', '/v1/auth/register', { body: { username, email, password: PASSWORD, full_name: 'A B' } })
    return { username, email, code: await letterTo(email) }
  }
  const verified = async (name: string): Promise<void> => {
    const { email, code } = await restumeAccount(name)
    await call('restume', '/v1/auth/verify-email', { body: { email, code } })
  }
  const accountOf = (name: string) => ({ email: `${name}@example.com`, password: PASSWORD, name })

  /** Gina can sign in with Google too. */
  const people = {
    hershel: { username: 'hershel', email: 'hershel@example.com' },
    gina: { username: 'gina', email: 'gina@example.com' },
    alice: { id: '', email: 'alice@example.com', name: 'alice', created_at: '' },
    curator: { id: '', email: 'curator@example.com', name: 'curator', created_at: '' },
  }
  let aliceToken = ''
  let profileKey = ''

  /** A sign-in that no test judges. */
  const signIn = async (home: Home, args: string[], input: string): Promise<void> => {
    const [service = ''] = args
    const result = await keyturn(['login', '--url', address(service), ...args], { home, env: FILE, input })
    expect(result, result.stderr).toMatchObject({ code: 0 })
  }

  /** A key of Alice's. */
  const newKey = async (name = newName()): Promise<Key> => {
    const made = await call('zectre', '/api/v1/api-keys', { body: { name }, bearer: aliceToken })
    watchFor(String(made.key), 'key')
    return made as unknown as Key
  }

  beforeAll(async () => {
    const [alice, registered] = await Promise.all([
      call('zectre', '/api/v1/auth/signup', { body: accountOf('alice') }),
      call('curate-me', '/api/v1/auth/register', { body: accountOf('curator') }),
      verified('hershel'),
      verified('gina'),
    ])
    Object.assign(people.alice, alice)
    Object.assign(people.curator, registered.user)
    const { token } = await call('zectre', '/api/v1/auth/login', { body: accountOf('alice') })
    aliceToken = watchFor(String(token), 'token')
    await signIn(base, ['restume', '--password', '--username', 'hershel', '--password-stdin'], PASSWORD)
    await signIn(base, ['curate-me', '--email', people.curator.email, '--password-stdin'], PASSWORD)
    // The last one is the one in use.
    profileKey = (await newKey('the key of the profile')).key
    await signIn(base, ['zectre', '--with-api-key'], profileKey)
  })

  return {
    ...server,
    people,
    aliceToken: () => aliceToken,
    /** What Alice's profile signs with. */
    profileKey: () => profileKey,
    newName,
    newKey,
    restumeAccount,
    signIn,
    signInAsGina: async (home: Home) =>
      signIn(home, ['restume', '--google', '--credential-stdin'], await idToken(people.gina.email)),
    /** In which Hershel, the curator and Alice are signed in; she is in use, with a key. */
    signedIn: (): Home => {
      const home = freshHome()
      mkdirSync(home.config, { recursive: true, mode: 0o700 })
      cpSync(base.config, home.config, { recursive: true })
      return home
    },
  }
}

export type ContractRig = ReturnType<typeof contractRig>
