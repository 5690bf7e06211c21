import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import type { Service } from '../services/service.ts'
import { environmentVariable } from '../session/in-force.ts'
import type { Kept } from '../session/keep.ts'
import { prepareTarget } from '../session/prepare.ts'
import { signInInTerminal } from '../session/sign-in.ts'
import { signInForSession } from '../session/sign-in-session.ts'
import { loginCommand, type Target, toAddress } from '../session/target.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure, hinted, isFailure } from '../vocabulary/failure.ts'
import type { Declare } from './command.ts'
import { consentToFile } from './consent.ts'
import { keepGiven, readGiven } from './given.ts'
import { declareGoogleOptions, type GoogleOptions, googleIdToken } from './google-id-token.ts'
import { declareLinkOptions } from './link.ts'
import { askPerson, type PersonOptions } from './person.ts'
import { signInOnPage } from './sign-in-on-page.ts'
import { signedIn } from './signed-in.ts'
import { whichService } from './which-service.ts'

export interface LoginOptions extends PersonOptions, GoogleOptions {
  web?: boolean
  password?: boolean
  inTerminal?: boolean
  google?: boolean
  withApiKey?: boolean
  withToken?: boolean
  deviceName?: string
}

const WAYS = ['web', 'password', 'inTerminal', 'google', 'withApiKey', 'withToken'] as const
type Way = (typeof WAYS)[number]

export const declareLogin: Declare = (program, perform) => {
  const login = program
    .command('login [service]')
    .description('sign in: through a page in the browser where the service has one, with a password where not')
    .option('--web', 'through a page in the browser')
    .option('--in-terminal', 'the same without a browser: email and password are asked for here')
    .option('--password', 'with a password, for a session')
    .option('--google', 'with a Google account')
    .option('--with-api-key', 'with a key that you have: read from standard input')
    .option('--with-token', 'with a token that you have: read from standard input')
    .option(
      '--device-name <text>',
      'what the page calls this machine, and the key after it (user@host (os) unless given)',
    )
    .option('--email <email>', 'who signs in, with --password or --in-terminal')
    .option('--username <name>', 'the same, where the service has user names')
    .option('--password-stdin', 'the password is read from standard input')
    .addOption(program.createOption('--store <where>', 'where the credential is kept').choices(['keychain', 'file']))
  declareGoogleOptions(declareLinkOptions(login)).action((word: string | undefined, options: LoginOptions, command) =>
    perform(command, (app) => logIn(app, word ?? null, options)),
  )
}

export const logIn = async (app: App, word: string | null, options: LoginOptions): Promise<Answer> => {
  const service = await whichService(app, word)
  const way = chosenWay(service, options)
  const signIn = await WAYS_IN[way](app, service, options)
  warnOfEnvironment(app)
  const target = await prepareTarget(app, service, (reason) => consentToFile(app, reason))
  app.terminal.say(`signing in to ${service.title} at ${target.base.href.replace(/\/$/, '')}`)
  const kept = await signIn(target).catch((error) => {
    throw wayOn(error, way, target)
  })
  return signedIn(app, target, kept)
}

/** The way that was asked for; otherwise the browser where the service has that, and a password where it has not. */
const chosenWay = ({ operations }: Service, options: LoginOptions): Way => {
  const [wished, another] = WAYS.filter((each) => options[each] === true)
  if (another !== undefined) throw misused('choose one way to sign in, not two')
  const way = wished ?? (operations['browser-sign-in'] === null ? 'password' : 'web')
  const person = options.email !== undefined || options.username !== undefined || options.passwordStdin === true
  if (person && way !== 'inTerminal' && way !== 'password') {
    throw misused('--email, --username and --password-stdin belong to --password and --in-terminal')
  }
  const { credentialStdin, device, googleIssuer, googleClientId } = options
  if (way !== 'google' && [credentialStdin, device, googleIssuer, googleClientId].some((each) => each !== undefined)) {
    throw misused('--credential-stdin, --device, --google-issuer and --google-client-id belong to --google')
  }
  if (credentialStdin && device) throw misused('--credential-stdin brings the ID token that --device would get')
  if (options.deviceName !== undefined && way !== 'web' && way !== 'inTerminal') {
    throw misused('--device-name belongs to --web and --in-terminal: only those make a key that has a name')
  }
  const showsPage = way === 'web' || (way === 'google' && !credentialStdin)
  if (!showsPage && (options.browser === false || options.qr || options.copy)) {
    throw misused('--no-browser, --qr and --copy belong to --web and --google: no other way has a page')
  }
  if (way === 'google' && options.qr && !device) {
    throw misused('--qr belongs to --web and --google --device: Google answers only to a browser on this machine')
  }
  return way
}

const misused = (message: string): Failure => new Failure('usage', message, { hint: 'see: keyturn login --help' })

/** Each refuses what the service does not have before a store is opened, and then signs in. */
const WAYS_IN: Record<
  Way,
  (app: App, service: Service, options: LoginOptions) => Promise<(target: Target) => Promise<Kept>>
> = {
  web: async (app, service, options) => {
    const flow = await operationOf(service, 'browser-sign-in', (client) => client.browserSignIn)
    return (target) => signInOnPage(app, target, flow, deviceName(app, options), options)
  },
  inTerminal: async (app, service, options) => {
    const flow = await operationOf(service, 'browser-sign-in', (client) => client.browserSignIn)
    const person = async () => {
      const { name, password } = await askPerson(app, service, options)
      return { email: name, password }
    }
    return (target) => signInInTerminal(app, target, flow, deviceName(app, options), person)
  },
  password: async (app, service, options) => {
    const signIn = await operationOf(service, 'password-sign-in', (client) => client.passwordSignIn)
    return async (target) => {
      const person = await askPerson(app, service, options)
      return signInForSession(app, target, (http) => signIn(http, person))
    }
  },
  google: async (app, service, options) => {
    const signIn = await operationOf(service, 'google-sign-in', (client) => client.googleSignIn)
    return async (target) => {
      const idToken = await googleIdToken(app, options)
      return signInForSession(app, target, (http) => signIn(http, idToken))
    }
  },
  withApiKey: async (app) => async (target) => keepGiven(app, target, await readGiven(app, 'key')),
  withToken: async (app) => async (target) => keepGiven(app, target, await readGiven(app, 'token')),
}

/** The ways that send what was typed, or handed in, just now. */
const FLAGS: Partial<Record<Way, string>> = {
  inTerminal: '--in-terminal',
  password: '--password',
  google: '--google',
  withApiKey: '--with-api-key',
  withToken: '--with-token',
}

/** What was refused there is no credential that could be looked for. */
const wayOn = (error: unknown, way: Way, target: Target): unknown => {
  const flag = FLAGS[way]
  if (flag === undefined || !isFailure(error, 'credential_refused') || error.cause !== undefined) return error
  const { service, base, existing } = target
  const forgot = ` --service ${service.name}${toAddress(service, base, existing)}`
  const canForget = way === 'password' && service.operations['forgot-password'] !== null
  const forgotten = canForget ? `; or: keyturn password forgot${forgot}` : ''
  return hinted(error, `try again: ${loginCommand(target)} ${flag}${forgotten}`)
}

const deviceName = (app: App, options: LoginOptions): string => clean(options.deviceName ?? app.deviceName, 64)

const warnOfEnvironment = ({ wishes, terminal }: App): void => {
  const variable = environmentVariable(wishes)
  if (variable === null) return
  terminal.say(
    terminal.style.err.yellow(`${variable} is set and wins over what is signed in to here: unset ${variable}`),
  )
}
