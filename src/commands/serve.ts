import { resolve } from 'node:path'
import type { Answer, App } from '../app.ts'
import { addressFault, shownAddress } from '../vocabulary/address.ts'
import { Failure } from '../vocabulary/failure.ts'
import { quoted } from '../vocabulary/quoted.ts'
import { collect, type Declare } from './command.ts'
import { serveScreen } from './serve-screen.ts'

interface ServeOptions {
  port?: string
  seed?: boolean
  data?: string
  rotate?: boolean
  zectreJwks?: string
  google?: boolean
  googleIssuer?: string
  googleClientId?: string
  fault: string[]
  host?: string
  iKnowThisIsNotProduction?: boolean
}

export const declareServe: Declare = (program, perform) => {
  program
    .command('serve [services...]')
    .description('run the reference server on this machine, to try and test with')
    .option('--port <n>', 'the first port to use, 0 for free ones (the documented ones unless given)')
    .option('--seed', 'make one known account in each service and tell how to sign in with it')
    .option('--data <file>', 'keep accounts and keys in this file across runs')
    .option('--rotate', 'Curate-Me: a refresh gives a new refresh token, and the old one used again ends the session')
    .option('--zectre-jwks <address>', 'zectre: take RS256 tokens whose keys are found there')
    .option('--google', 'RESTume: take the ID tokens of a small issuer that is started beside it')
    .option('--google-issuer <address>', 'RESTume: take the ID tokens of that issuer')
    .option('--google-client-id <id>', 'the client that those tokens are made for')
    .option('--fault <fault>', 'let something go wrong: keyturn help faults; can be given again', collect, [])
    .option('--host <address>', 'where to listen instead of this machine alone; needs the next one too')
    .option('--i-know-this-is-not-production', 'others may reach this server, and it is no production server')
    .action((names: string[], options: ServeOptions, command) => perform(command, (app) => serve(app, names, options)))
}

const serve = async (app: App, names: string[], options: ServeOptions): Promise<Answer | null> => {
  requireNoProduction(app, options)
  const { startReferenceServer } = await import('../reference-server.ts')
  const { say, answer } = app.terminal
  // What is asked before the screen stands is told after it.
  const early: string[] = []
  let log = (line: string): void => void early.push(line)
  const server = await startReferenceServer({
    ...(names.length === 0 ? {} : { services: names }),
    ...(options.data === undefined ? {} : { data: { path: resolve(options.data), tools: app.fileTools } }),
    ...(options.host === undefined ? {} : { host: options.host }),
    ports: options.port === undefined ? 'documented' : { first: portNumber(options.port) },
    ...googleOf(options),
    seed: options.seed === true,
    faults: options.fault,
    wishes: {
      rotate: options.rotate === true,
      zectreJwks: options.zectreJwks === undefined ? null : jwksAddress(options.zectreJwks),
    },
    clock: app.clock,
    log: (line) => log(line),
  })
  try {
    if (app.json) await answer(JSON.stringify(server.addresses))
    for (const line of serveScreen(server, options.fault)) say(line)
    log = say
    for (const line of early) say(line)
    await untilStopped(app.signal)
  } finally {
    await server.close()
  }
  return null
}

const LOOPBACK = ['localhost', '127.0.0.1', '::1']

const requireNoProduction = (app: App, { host, seed, iKnowThisIsNotProduction }: ServeOptions): void => {
  if (app.env.NODE_ENV === 'production') {
    throw new Failure('usage', 'NODE_ENV is production, and the reference server is for trying and testing', {
      hint: 'where this is no production after all: NODE_ENV= keyturn serve',
    })
  }
  if (host === undefined || LOOPBACK.includes(host)) return
  if (!/^[A-Za-z0-9.:-]{1,253}$/.test(host)) {
    throw new Failure('usage', `${quoted(host)} is no place to listen: give a name or an address, without a port`, {
      hint: 'for this machine alone, leave it away: keyturn serve',
    })
  }
  if (iKnowThisIsNotProduction !== true) {
    throw new Failure('usage', 'others could reach this server there, and it is for trying and testing', {
      hint: 'if they may: keyturn serve --host HOST --i-know-this-is-not-production',
    })
  }
  if (seed === true) {
    throw new Failure(
      'usage',
      'everybody knows the password of the account that --seed makes, and others could reach it',
      {
        hint: 'leave --seed away, and make an account: keyturn signup',
      },
    )
  }
}

const untilStopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const alive = setInterval(() => {}, 2 ** 30)
    const stop = () => {
      clearInterval(alive)
      reject(signal.reason)
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })

const googleOf = ({ google, googleIssuer, googleClientId }: ServeOptions) => {
  if (google && googleIssuer !== undefined) {
    throw new Failure('usage', '--google starts an issuer, and --google-issuer names another', {
      hint: 'leave one away: keyturn serve restume --google',
    })
  }
  if (google) return { google: 'bundled' as const }
  if (googleIssuer === undefined) return {}
  if (googleClientId !== undefined) return { google: { issuer: googleIssuer, clientId: googleClientId } }
  throw new Failure('usage', '--google-issuer needs --google-client-id: tokens are made for one client', {
    hint: 'give both: keyturn serve restume --google-issuer ADDRESS --google-client-id ID',
  })
}

const jwksAddress = (text: string): URL => {
  const fault = addressFault(text)
  if (fault === null) return new URL(text)
  throw new Failure('usage', `${shownAddress(text)} can't be where keys are found: ${fault}`, {
    hint: 'give an https:// address: --zectre-jwks https://example.com/.well-known/jwks.json',
  })
}

const portNumber = (text: string): number => {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new Failure('usage', `${quoted(text)} is no port: those are numbers from 0 to 65535`, {
    hint: 'to take free ones: keyturn serve --port 0',
  })
}
