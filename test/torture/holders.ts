/** What becomes of a session whose refresh is cut off, stopped or overtaken by a sign-out. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Secret } from '../../src/vocabulary/secret.ts'
import type { Home } from '../harness/home.ts'
import type { Stage } from './gate.ts'
import { leftovers, readStore, removeHome } from './home.ts'
import { type Lane, openLane } from './lane.ts'
import { end, refreshes, signedIn } from './races.ts'
import { type Started, start } from './start.ts'
import { type Complaint, count, newTally, type Tally } from './tally.ts'

const CURATE_ME = 'curate-me'

interface Scene {
  lane: Lane
  home: Home
  run(...args: string[]): Started
  /** Starts a refresh and holds its call at that stage; `goOn` lets it go on. */
  hold(stage: Stage): Promise<{ holder: Started; goOn(): void }>
}

const wrong = (harm: Complaint['harm'], what: string): Complaint => ({ harm, what })

const scene = async (lane: Lane): Promise<Scene> => {
  const home = await signedIn(lane)
  const run = (...args: string[]) => start(lane.program, args, { home })
  return {
    lane,
    home,
    run,
    hold: (stage) =>
      new Promise((resolve) => {
        end(home)
        let holder: Started | null = null
        let held = false
        lane.gate(CURATE_ME).watch(async ({ stage: now }) => {
          if (held || now !== stage || holder === null) return undefined
          held = true
          await new Promise<void>((goOn) => resolve({ holder: holder as Started, goOn }))
          return undefined
        })
        holder = run('token')
      }),
  }
}

/** Killed between the new token at the service and the new token in the store: the next has it from there. */
const killed = async ({ run, hold, lane, home }: Scene): Promise<Complaint[]> => {
  const { holder, goOn } = await hold('answered')
  const waiter = run('token')
  // So long that it waits for the lock by now; were it slower, it would find a dead holder, which is as good.
  await sleep(300)
  holder.kill('SIGKILL')
  goOn()
  const { code, stderr, milliseconds } = await waiter.ended
  const credential = readStore(home).get(CURATE_ME)?.credential ?? null
  return [
    ...(code === 0 ? [] : [wrong('lost', `who came after a killed holder ended with ${code}: ${stderr}`)]),
    ...(milliseconds < 8_000 ? [] : [wrong('stuck', 'a killed holder was waited for')]),
    ...(credential && (await lane.works(CURATE_ME, credential)) ? [] : [wrong('lost', 'the session has ended')]),
  ]
}

/** Stopped: nobody takes its lock, nobody refreshes beside it, and it ends its work when it goes on. */
const stopped = async ({ run, hold, lane, home }: Scene): Promise<Complaint[]> => {
  const { holder, goOn } = await hold('answered')
  holder.kill('SIGSTOP')
  const before = refreshes(lane)
  const { code, stderr, milliseconds } = await run('token').ended
  const said = /try again/.test(stderr)
  const alone = refreshes(lane) === before
  holder.kill('SIGCONT')
  goOn()
  const done = await holder.ended
  const credential = readStore(home).get(CURATE_ME)?.credential ?? null
  return [
    ...(code === 1 && said ? [] : [wrong('stuck', `who waited for a stopped holder ended with ${code}: ${stderr}`)]),
    ...(milliseconds > 9_900 && milliseconds < 14_000 ? [] : [wrong('stuck', `it was waited for ${milliseconds} ms`)]),
    ...(alone ? [] : [wrong('lost', 'it was refreshed without the lock')]),
    ...(done.code === 0 ? [] : [wrong('lost', `the holder went on and ended with ${done.code}`)]),
    ...(credential && (await lane.works(CURATE_ME, credential)) ? [] : [wrong('lost', 'the session has ended')]),
  ]
}

/** A sign-out in the middle of a refresh: what it has ended does not come back. */
const overtaken = async ({ run, hold, lane, home }: Scene): Promise<Complaint[]> => {
  const { holder, goOn } = await hold('answered')
  const leaving = run('logout')
  await sleep(300)
  goOn()
  const [{ code }, { stdout }] = await Promise.all([leaving.ended, holder.ended])
  const token = stdout.trim()
  const session = { kind: 'session', access: new Secret(token), refresh: null, expiresAt: null } as const
  return [
    ...(code === 0 ? [] : [wrong('stuck', `the sign-out ended with ${code}`)]),
    ...(readStore(home).get(CURATE_ME)?.credential ? [wrong('lost', 'the refresh brought the session back')] : []),
    ...(token !== '' && (await lane.works(CURATE_ME, session)) ? [wrong('lost', 'the session is still alive')] : []),
  ]
}

const SCENES = { 'holder killed': killed, 'holder stopped': stopped, 'logout during a refresh': overtaken }

export const holders = async (program: readonly string[], rounds: number): Promise<Tally> => {
  const tally = newTally('refresh, its holder cut off')
  const lane = await openLane(program)
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const [name, play] of Object.entries(SCENES)) {
        const set = await scene(lane)
        const complaints = await play(set)
        // The lock of one that was killed goes with the next who needs it.
        complaints.push(...leftovers(set.home).map((left) => wrong('stuck', `${left} is left`)))
        count(tally, `${name}, round ${round}`, complaints)
        removeHome(set.home)
      }
    }
  } finally {
    await lane.close()
  }
  return tally
}
