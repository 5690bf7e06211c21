import type { Home } from '../harness/home.ts'
import { type Canary, search } from './canary.ts'
import { leftovers, makeHome, readProfiles, readStore, removeHome, rewriteRecord, textsUnder } from './home.ts'
import { type Lane, openLane } from './lane.ts'
import { type Ended, start } from './start.ts'
import { type Complaint, count, newTally, type Tally } from './tally.ts'

export interface RaceSize {
  processes: number
  rounds: number
}

const CURATE_ME = 'curate-me'
const REFRESH = '/api/v1/auth/refresh'
/** More than an access token lives, and more than a refresh token that was replaced is taken once more. */
const PAST_THE_END = 31 * 60_000
/** A moment that is over by every clock. */
const LONG_AGO = '2000-01-01T00:00:00.000Z'

/** A profile with a session at a service whose clock is in the caller's hand. */
export const signedIn = async (lane: Lane): Promise<Home> => {
  const home = makeHome()
  const person = await lane.newPerson(CURATE_ME)
  const { url } = lane.gate(CURATE_ME)
  const args = ['login', CURATE_ME, '--password', '--url', url, '--email', person.email, '--password-stdin']
  const { code, stderr } = await start(lane.program, args, { home, input: person.password }).ended
  if (code !== 0) throw new Error(`no session to begin with: ${stderr}`)
  return home
}

/** Its access token has ended, and whoever looks can tell. */
export const end = (home: Home): void =>
  rewriteRecord(home, CURATE_ME, (record) =>
    record.credential?.kind === 'session'
      ? { ...record, credential: { ...record.credential, expiresAt: LONG_AGO } }
      : record,
  )

export const refreshes = (lane: Lane): number => lane.server.requests.filter(({ path }) => path === REFRESH).length

const secretsOf = (home: Home): string[] =>
  [...readStore(home).values()].flatMap(({ credential }) =>
    credential?.kind === 'session'
      ? [credential.access.reveal(), ...(credential.refresh ? [credential.refresh.reveal()] : [])]
      : credential?.kind === 'api_key'
        ? [credential.key.reveal()]
        : [],
  )

const failures = (runs: readonly Ended[]): Complaint[] =>
  runs
    .filter(({ code }) => code !== 0)
    .map(({ code, signal, stderr }) => ({
      harm: code === 4 ? 'lost' : 'stuck',
      what: `exit ${code ?? signal}: ${stderr.trim().split('\n')[0]}`,
    }))

const slowest = (runs: readonly Ended[]): number => Math.max(...runs.map(({ milliseconds }) => milliseconds))

const texts = (home: Home, runs: readonly Ended[], log: string): [string, string][] => [
  ...runs.flatMap(({ stderr, seen }): [string, string][] => [
    ['stderr', stderr],
    ...[...seen].map((text): [string, string] => ['/proc', text]),
  ]),
  ...textsUnder(home),
  ['the log of the server', log],
]

/**
 * Many processes want a token at once, and the one they have has ended. The service ends a session whose refresh token
 * is used twice, so exactly one of them may ask it.
 */
export const refreshRace = async (program: readonly string[], size: RaceSize, canary: Canary): Promise<Tally> => {
  const tally = newTally(`refresh race: ${size.processes} × ${size.rounds}`)
  let ahead = 0
  const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() }
  const lane = await openLane(program, { clock })
  let longest = 0
  const home = await signedIn(lane)
  try {
    for (let round = 1; round <= size.rounds; round += 1) {
      ahead += PAST_THE_END
      end(home)
      lane.takeLog()
      const gate = lane.gate(CURATE_ME)
      gate.watch(() => undefined)
      const old = secretsOf(home)
      const asked = Array.from({ length: size.processes }, () => start(program, ['token'], { home }).ended)
      const runs = await Promise.all(asked)
      longest = Math.max(longest, slowest(runs))
      const complaints = failures(runs)
      const tokens = new Set(runs.map(({ stdout }) => stdout))
      if (tokens.size > 1) complaints.push({ harm: 'lost', what: `${tokens.size} different tokens` })
      if (gate.calls() !== 1) complaints.push({ harm: 'stuck', what: `${gate.calls()} calls to the service` })
      for (const name of leftovers(home)) complaints.push({ harm: 'stuck', what: `${name} is left` })
      const secrets = new Set([...old, ...secretsOf(home)])
      complaints.push(...search(canary, secrets, texts(home, runs, lane.takeLog())))
      count(tally, `round ${round}`, complaints)
    }
  } finally {
    removeHome(home)
    await lane.close()
  }
  tally.notes.push(`slowest of all ${(longest / 1000).toFixed(1)} s`)
  return tally
}

/** Many processes sign in at once, each to a profile of its own, all of which are there afterwards. */
export const settingsRace = async (program: readonly string[], size: RaceSize, canary: Canary): Promise<Tally> => {
  const tally = newTally(`settings race: ${size.processes} × ${size.rounds}`)
  const lane = await openLane(program)
  let longest = 0
  try {
    for (let round = 1; round <= size.rounds; round += 1) {
      const home = makeHome()
      const person = await lane.newPerson('zectre')
      const names = Array.from({ length: size.processes }, (_, i) => `p${i}`)
      const keys = await Promise.all(names.map((name) => lane.newKey('zectre', person, name)))
      lane.takeLog()
      const { url } = lane.gate('zectre')
      const runs = await Promise.all(
        names.map((name, i) => {
          const args = ['login', 'zectre', '--with-api-key', '--url', url, '--profile', name]
          return start(program, args, { home, input: keys[i] ?? '' }).ended
        }),
      )
      longest = Math.max(longest, slowest(runs))
      const complaints = [...failures(runs), ...allThere(home, names, keys)]
      for (const name of leftovers(home)) complaints.push({ harm: 'stuck', what: `${name} is left` })
      complaints.push(...search(canary, new Set(keys), texts(home, runs, lane.takeLog())))
      count(tally, `round ${round}`, complaints)
      removeHome(home)
    }
  } finally {
    await lane.close()
  }
  tally.notes.push(`slowest of all ${(longest / 1000).toFixed(1)} s`)
  return tally
}

const allThere = (home: Home, names: readonly string[], keys: readonly string[]): Complaint[] => {
  try {
    const profiles = readProfiles(home)
    const store = readStore(home)
    return names.flatMap((name, i): Complaint[] => {
      const { credential } = store.get(name) ?? {}
      const kept = credential?.kind === 'api_key' && credential.key.reveal() === keys[i]
      return kept && profiles.includes(name) ? [] : [{ harm: 'lost', what: 'a profile that was made is not there' }]
    })
  } catch (error) {
    return [{ harm: 'lost', what: `a file of ours is not whole: ${error instanceof Error ? error.message : error}` }]
  }
}
