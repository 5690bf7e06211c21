import { canary, meant, watchFor } from '../harness/canary.ts'
import { PASSWORD } from './contract-rig.ts'
import type { Material, Rows } from './contract-rows.ts'
import { INSTANT, TEXT } from './contract-shapes.ts'

const SIGNED_IN = /✓ signed in to [\s\S]+to undo this: keyturn logout[\s\S]+next: keyturn status/
const STDIN = '--password-stdin'
const NOBODY = 'nobody@example.com'

/** Signing in and out, and what belongs to an account. */
export const accountRows = ({ rig, shapes }: Material): Rows => {
  const { people, newName, newKey, idToken, address } = rig
  const { standing, alice, curator, hershel, gina, seen } = shapes
  const at = (service: string): string[] => [service, '--url', address(service)]
  return {
    'login --password': () => ({
      args: ['login', ...at('restume'), '--password', '--username', 'hershel', STDIN],
      input: PASSWORD,
      human: ['', SIGNED_IN],
      json: standing('restume', 'session', hershel()),
      quiet: '',
    }),
    'login --in-terminal': () => ({
      args: ['login', ...at('zectre'), '--in-terminal', '--email', people.alice.email, STDIN],
      input: PASSWORD,
      human: ['', SIGNED_IN],
      json: standing('zectre', 'api_key', alice()),
      quiet: '',
    }),
    'login --with-api-key': async () => ({
      args: ['login', ...at('zectre'), '--with-api-key'],
      input: (await newKey()).key,
      human: ['', SIGNED_IN],
      json: standing('zectre', 'api_key', alice()),
      quiet: '',
    }),
    'login --with-token': () => ({
      args: ['login', ...at('zectre'), '--with-token'],
      input: rig.aliceToken(),
      human: ['', SIGNED_IN],
      json: standing('zectre', 'session', alice()),
      quiet: '',
    }),
    'login --google --credential-stdin': async () => ({
      args: ['login', ...at('restume'), '--google', '--credential-stdin', '--profile', 'gina'],
      input: await idToken(people.gina.email),
      human: ['', SIGNED_IN],
      json: standing('restume', 'session', gina(true), 'gina'),
      quiet: '',
    }),
    'google login --credential-stdin': async () => ({
      args: ['google', 'login', ...at('restume'), '--credential-stdin', '--profile', 'gina'],
      input: await idToken(people.gina.email),
      human: ['', SIGNED_IN],
      json: standing('restume', 'session', gina(true), 'gina'),
      quiet: '',
    }),
    'google unlink': async (home) => {
      await rig.signInAsGina(home)
      return {
        args: ['google', 'unlink', '--yes', '--profile', 'restume'],
        human: [/^service: +RESTume at [\s\S]+\ngoogle linked: +no\n/, ''],
        json: { service: 'restume', ...gina(false) },
        quiet: `${people.gina.email}\n`,
      }
    },
    logout: async (home) => {
      const { id, name, key } = await newKey()
      await rig.signIn(home, ['zectre', '--with-api-key'], key)
      return {
        args: ['logout', '--yes'],
        human: ['', /✓ signed out of profile "zectre"[\s\S]+the key is revoked at the service: somebody\d+\n/],
        json: { profile: 'zectre', forgotten: true, ended: true, key: { id, name }, reason: null },
        quiet: '',
      }
    },
    'logout --all': () => ({
      args: ['logout', '--all', '--local', '--yes'],
      human: ['', /^(✓ signed out of profile .+\n.+ still alive: .+\n){3}$/],
      json: ['restume', 'curate-me', 'zectre'].map((profile) => ({
        ...{ profile, forgotten: true, ended: false, key: null, reason: null },
      })),
      quiet: '',
    }),
    status: () => ({
      args: ['status'],
      human: [/^profile: +zectre \(the current one\)\n[\s\S]+\nstate: +valid/, ''],
      json: { ...standing('zectre', 'api_key', alice()), state: 'valid' },
      quiet: `${people.alice.email}\n`,
    }),
    'status --offline': () => ({
      args: ['status', '--offline'],
      human: [/^profile: +zectre \(the current one\)\n[\s\S]+\nstate: +unknown/, ''],
      json: { ...standing('zectre', 'api_key', { ...seen.alice(), created_at: null }), state: 'unknown' },
      quiet: `${people.alice.email}\n`,
    }),
    'status --all': () => ({
      args: ['status', '--all'],
      human: [/^(profile: [\s\S]+?\nstate: +valid.*\n\n?){3}$/, ''],
      json: [
        { ...standing('restume', 'session', hershel()), state: 'valid' },
        { ...standing('curate-me', 'session', curator()), state: 'valid' },
        { ...standing('zectre', 'api_key', alice()), state: 'valid' },
      ],
      quiet: 'restume\ncurate-me\nzectre\n',
    }),
    'signup, for an account to be verified': () => {
      const username = newName()
      const email = `${username}@example.com`
      const user = { id: TEXT, username, email, name: 'A B', full_name: 'A B', created_at: null }
      const nobody = { profile: null, store: null, credential: null, source: null, expires_at: null }
      return {
        args: ['signup', ...at('restume'), '--username', username, '--email', email, '--name', 'A B', STDIN],
        input: PASSWORD,
        human: ['', /✓ RESTume has an account for [\s\S]+keyturn verify-email CODE [\s\S]+keyturn login restume\n$/],
        json: { ...nobody, service: 'restume', url: address('restume'), user },
        quiet: '',
      }
    },
    'signup, where that signs in': () => {
      const email = `${newName()}@example.com`
      const user = { id: TEXT, username: null, email, name: 'N', created_at: INSTANT }
      return {
        args: ['signup', ...at('curate-me'), '--profile', 'new', '--email', email, '--name', 'N', STDIN],
        input: PASSWORD,
        human: ['', SIGNED_IN],
        json: standing('curate-me', 'session', user, 'new'),
        quiet: '',
      }
    },
    'verify-email CODE': async () => {
      const { email, code } = await rig.restumeAccount()
      return {
        args: ['verify-email', code, '--email', email, '--profile', 'restume'],
        human: ['', `✓ ${email} is verified\n`],
        json: { email, email_verified: true },
        quiet: '',
      }
    },
    'verify-email --resend': () => ({
      args: ['verify-email', '--resend', '--email', NOBODY, '--profile', 'restume'],
      human: [
        '',
        /^if nobody@example\.com has an account [\s\S]+keyturn verify-email CODE --profile restume --email nobody@example\.com\n$/,
      ],
      json: { email: NOBODY, sent: true },
      quiet: '',
    }),
    'password forgot': () => ({
      args: ['password', 'forgot', '--email', NOBODY, '--profile', 'restume'],
      human: ['', /^if nobody@example\.com has an account, [\s\S]+keyturn password reset --profile restume\n$/],
      json: { email: NOBODY, sent: true },
      quiet: '',
    }),
    'password reset --stdin': async () => {
      const { email } = await rig.restumeAccount()
      await rig.call('restume', '/v1/auth/forgot-password', { body: { email } })
      // The reference server's log is where its letters are read.
      const token = meant(watchFor(await rig.letterTo(email), 'token'), 'stderr')
      return {
        args: ['password', 'reset', '--stdin', '--profile', 'restume'],
        input: `${token}\n${canary('password')}\n`,
        human: ['', '✓ the password is changed: keyturn login restume\n'],
        json: { reset: true },
        quiet: '',
      }
    },
    refresh: () => ({
      args: ['refresh', '--profile', 'curate-me'],
      human: ['', /^✓ the session of "curate-me" is renewed, until \d{4}-.+\n$/],
      json: standing('curate-me', 'session', { ...seen.curator(), created_at: null }),
      quiet: '',
    }),
    'account show': () => ({
      args: ['account', 'show'],
      human: [/^service: +zectre at 127\.0\.0\.1:\d+\nemail: +alice@example\.com\nname: +alice\n/, ''],
      json: { service: 'zectre', ...alice() },
      quiet: `${people.alice.email}\n`,
    }),
    'account show, with fields of one service': () => ({
      args: ['account', 'show', '--profile', 'restume'],
      human: [/^service: +RESTume at (?![\s\S]*null)[\s\S]+\nplan: +free\n/, ''],
      json: { service: 'restume', ...hershel() },
      quiet: `${people.hershel.email}\n`,
    }),
  }
}
