/** All exercises, one line each. Bundled and started by scripts/torture.mjs. */
import { availableParallelism } from 'node:os'
import { newCanary } from './canary.ts'
import { holders } from './holders.ts'
import { killSweep, type SweepSize } from './kill-sweep.ts'
import { type RaceSize, refreshRace, settingsRace } from './races.ts'
import { count, details, isWhole, line, newTally, type Tally } from './tally.ts'

export interface TortureOptions {
  /** The command that starts the program. */
  program: readonly string[]
  /** What CI has the time for. */
  short: boolean
  /** How often at each named step, and how often at any moment; in place of what the long form has. */
  times: number | null
  moments: number | null
  /** Runs only the exercises whose line begins so. */
  only: string
  say(text: string): void
  /** Every command in every state of a real keychain, which the tests of the keychain know how to bring about. */
  keychain(): Promise<{ passed: number; failed: number; output: string }>
}

const lanes = Math.max(2, Math.min(8, availableParallelism() + 1))

const SHORT = {
  sweep: { times: 1, moments: 1, every: 24, lanes },
  refresh: { processes: 50, rounds: 3 },
  settings: { processes: 50, rounds: 1 },
  holders: 1,
}
const LONG: { sweep: SweepSize; refresh: RaceSize; settings: RaceSize; holders: number } = {
  sweep: { times: 20, moments: 300, every: 1, lanes },
  refresh: { processes: 50, rounds: 200 },
  settings: { processes: 50, rounds: 20 },
  holders: 5,
}

/** `true` when nothing was lost, nothing has leaked and nothing was left in anybody's way. */
export const torture = async (options: TortureOptions): Promise<boolean> => {
  const { program, only, say } = options
  const size = options.short ? SHORT : LONG
  const sweep = {
    ...size.sweep,
    times: options.times ?? size.sweep.times,
    moments: options.moments ?? size.sweep.moments,
  }
  const canary = newCanary()
  let whole = true
  const report = (tally: Tally): void => {
    whole &&= isWhole(tally)
    say(line(tally))
    for (const each of details(tally)) say(each)
  }
  /** `kill sweep: login` wants a part of the exercise `kill sweep`. */
  const isWanted = (name: string): boolean => name.startsWith(only) || only.startsWith(name)
  // It waits more than it works: for the ten seconds after which a command gives up.
  const held = isWanted('refresh, its holder') ? holders(program, size.holders) : null
  if (isWanted('kill sweep')) await killSweep(program, sweep, canary, report, only)
  if (isWanted('refresh race')) report(await refreshRace(program, size.refresh, canary))
  if (held !== null) report(await held)
  if (isWanted('settings race')) report(await settingsRace(program, size.settings, canary))
  // Where the short form runs, those tests have run just before.
  if (isWanted('keychain') && !options.short) report(keychainStates(await options.keychain()))
  const { secrets, texts, hits } = canary
  say(`canary: ${secrets} secrets looked for in ${texts} texts, ${hits} hits`)
  return whole && hits === 0
}

const keychainStates = ({ passed, failed, output }: Awaited<ReturnType<TortureOptions['keychain']>>): Tally => {
  const tally = newTally('keychain: states × commands')
  for (let i = 0; i < passed; i += 1) count(tally, 'a state', [])
  for (let i = 0; i < failed; i += 1) count(tally, 'a state', [{ harm: 'stuck', what: output }])
  return tally
}
