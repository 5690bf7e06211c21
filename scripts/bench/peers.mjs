// Other programs that sign people in, where they are installed, in the same run; and what was measured of them before.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pairsOf } from './measure.mjs'

/** By what is asked: what each has for it. `null`: it may end as it likes, since nobody is signed in. */
const COMMANDS = {
  gh: { '--version': ['--version'], '--help': ['--help'], whoAmI: ['auth', 'status'] },
  npm: { '--version': ['--version'], '--help': ['--help'], whoAmI: ['whoami'], asking: ['whoami'] },
  vercel: { '--version': ['--version'], '--help': ['--help'], whoAmI: ['whoami'] },
  netlify: { '--version': ['--version'], '--help': ['--help'], whoAmI: ['status'] },
  wrangler: { '--version': ['--version'], '--help': ['--help'], whoAmI: ['whoami'] },
}
export const PEERS = Object.keys(COMMANDS)
/** No news, no questions, nothing sent to whoever counts. */
const QUIETLY = {
  CI: 'true',
  DO_NOT_TRACK: '1',
  GH_NO_UPDATE_NOTIFIER: '1',
  NO_UPDATE_NOTIFIER: '1',
  VERCEL_TELEMETRY_DISABLED: '1',
  NETLIFY_TELEMETRY_DISABLED: '1',
  WRANGLER_SEND_METRICS: 'false',
}

export const findPeer = (name, path = process.env.PATH ?? '') =>
  path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file)) ?? null

/** Somebody signed in to the registry that the benchmark plays. */
const npmHome = (path, registry) => {
  const home = join(path, 'npm-home')
  mkdirSync(home, { recursive: true })
  const token = `//${new URL(registry).host}/:_authToken=npm_EXAMPLE`
  writeFileSync(join(home, '.npmrc'), `registry=${registry}/\n${token}\nupdate-notifier=false\n`)
  return home
}

/** On the Node that runs this, as the person's own shell would start them. */
export const measurePeer = (name, command, { place, service }, times) => {
  const home = join(place.path, `${name}-home`)
  mkdirSync(home, { recursive: true })
  const env = { ...place.env, ...QUIETLY, HOME: home, XDG_CONFIG_HOME: join(home, '.config') }
  const measured = {}
  for (const [what, args] of Object.entries(COMMANDS[name])) {
    const own = what === 'asking' ? { ...env, HOME: npmHome(place.path, service.http) } : env
    const run = { command, args, env: own, code: what === 'asking' ? 0 : null }
    measured[what] = pairsOf(process.execPath, run, times)
  }
  return measured
}

export const EARLIER_WHEN = '21 November 2026, two shared cores, Node 20.20.2, 15 pairs each'
/**
 * Times of `node -e 0`, and MB. `asking`: signed in, one question to a server on loopback (of gh without what its own
 * address costs: it takes no http).
 */
export const EARLIER = {
  gh: { '--version': 1.7, '--help': 1.8, whoAmI: 1.7, asking: 1.75, installed: 39 },
  sentry: { '--version': 1.6, '--help': 1.6, whoAmI: 1.8, asking: 1.8, installed: 25 },
  pnpm: { '--version': 2.3, '--help': 2.2, installed: 68 },
  vercel: { '--version': 1.8, '--help': 2.2, whoAmI: 24, asking: 30, installed: 358 },
  npm: { '--version': 3.5, '--help': 3.6, whoAmI: 6.7, asking: 7.8, installed: 19 },
  eas: { '--version': 6.5, '--help': 7.1, whoAmI: 21, asking: 22, installed: 167 },
  firebase: { '--version': 17, '--help': 40, whoAmI: 18, installed: 312 },
  supabase: { '--version': 18, '--help': 18, whoAmI: 18, installed: 142 },
  neonctl: { '--version': 21, '--help': 21, whoAmI: 48, asking: 41, installed: 66 },
  netlify: { '--version': 26, '--help': 27, whoAmI: 30, asking: 30, installed: 420 },
  heroku: { '--version': 32, '--help': 38, whoAmI: 30, asking: 31, installed: 385 },
  shopify: { '--version': 56, '--help': 56, installed: 82 },
}
