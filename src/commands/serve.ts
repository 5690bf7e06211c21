import { resolve } from 'node:path'
import type { Answer, App } from '../app.ts'
import { addressFault } from '../vocabulary/address.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import { quoted } from '../vocabulary/quoted.ts'
import type { Declare } from './command.ts'

interface ServeOptions {
  port?: string
  seed?: boolean
  data?: string
  rotate?: boolean
  zectreJwks?: string
  google?: boolean
  googleIssuer?: string
  googleClientId?: string
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
    .action((names: string[], options: ServeOptions, command) => perform(command, (app) => serve(app, names, options)))
}

const serve = async (app: App, names: string[], options: ServeOptions): Promise<Answer | null> => {
  const { startReferenceServer } = await import('../reference-server.ts')
  const { say, answer } = app.terminal
  const server = await startReferenceServer({
    ...(names.length === 0 ? {} : { services: names }),
    ...(options.data === undefined ? {} : { data: { path: resolve(options.data), tools: app.fileTools } }),
    ports: options.port === undefined ? 'documented' : { first: portNumber(options.port) },
    ...googleOf(options),
    seed: options.seed === true,
    wishes: {
      rotate: options.rotate === true,
      zectreJwks: options.zectreJwks === undefined ? null : jwksAddress(options.zectreJwks),
    },
    clock: app.clock,
    log: (line) => say(line),
  })
  try {
    if (app.json) await answer(JSON.stringify(server.addresses))
    else for (const [name, address] of Object.entries(server.addresses)) say(`${name} listens at ${address}`)
    for (const { service, email, password, note } of server.seeded) {
      say(`${service}: sign in with ${email}, ${password}`)
      if (note !== null) say(`  ${note}`)
      say(`  try: keyturn login ${service} --url ${server.addresses[service]}`)
    }
    if (!app.json) say('Ctrl-C ends it')
    await untilStopped(app.signal)
  } finally {
    await server.close()
  }
  return null
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
    hint: `give both: keyturn serve restume --google-issuer ${clean(googleIssuer)} --google-client-id ID`,
  })
}

const jwksAddress = (text: string): URL => {
  const fault = addressFault(text)
  if (fault === null) return new URL(text)
  throw new Failure('usage', `"${clean(text)}" can't be where keys are found: ${fault}`, {
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
