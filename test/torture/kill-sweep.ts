import { type Blow, SPOILT_OUTPUTS } from './blow.ts'
import type { Canary } from './canary.ts'
import { removeHome } from './home.ts'
import { type Lane, openLane } from './lane.ts'
import { callSteps, systemSteps, watchSystem } from './steps.ts'
import { count, newTally, type Tally } from './tally.ts'
import { makeTemplate, type Template, titleOf, tryCommand } from './try-command.ts'
import { WRITING_COMMANDS, type WritingCommand } from './writing-commands.ts'

export interface SweepSize {
  /** How often at each named step. */
  times: number
  /** How often at any moment. */
  moments: number
  /** Every so-and-so-many-th of the named steps; 1: all. */
  every: number
  /** How many at once, each with a service of its own. */
  lanes: number
}

/** Ctrl-C, a polite end, and a terminal that is closed. */
const STOPS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** At any moment. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGHUP', 'SIGKILL', 'SIGINT']
const ROOMS = [0, 40, 200, 500, 700, 900, 1200]

/** What this command does when nobody strikes it: the calls it makes, and how long it takes. */
const learn = async (lane: Lane, command: WritingCommand, template: Template, canary: Canary) => {
  const system = watchSystem()
  let took = 0
  let calls = 0
  let config = ''
  // The first try of each command is this one, and it is judged like the others.
  const complaints = await tryCommand(lane, command, template, { kind: 'nothing' }, canary, {
    under: system.under,
    watch: (attempt, ended) => {
      took = ended.milliseconds
      calls = lane.gate(command.service).calls()
      config = attempt.home.config
    },
  })
  return { complaints, took, calls, steps: systemSteps(system.read(), config) }
}

/** All that is going to be done to it. */
const blowsFor = (
  { calls, steps, took }: { calls: number; steps: ReturnType<typeof systemSteps>; took: number },
  { times, moments, every }: SweepSize,
  offset: number,
): Blow[] => {
  const named = [...callSteps(calls, 'SIGKILL'), ...steps]
  const repeated = Array.from({ length: times }, () => named).flat()
  // What the program has a say in goes alike each time, so once will do.
  const once = [
    ...STOPS.flatMap((signal) => callSteps(calls, signal)),
    ...steps.filter(({ about }) => about !== 'standard output').map((step): Blow => ({ ...step, fault: 'ENOSPC' })),
    ...ROOMS.map((bytes): Blow => ({ kind: 'room', bytes })),
    ...SPOILT_OUTPUTS.map((how): Blow => ({ kind: 'stdout', how })),
  ]
  const anywhere = Array.from({ length: moments }, (_, i): Blow => {
    const signal = SIGNALS[i % SIGNALS.length] ?? 'SIGKILL'
    return { kind: 'moment', after: ((i + 0.5) / moments) * took * 1.1, signal }
  })
  const sample = (blows: Blow[]) => blows.filter((_, i) => i % every === offset % every)
  return [...sample(repeated), ...sample(once), ...anywhere]
}

/** One row of the table, with as many lanes as there are. */
const sweep = async (
  command: WritingCommand,
  program: readonly string[],
  size: SweepSize,
  canary: Canary,
): Promise<Tally> => {
  const tally = newTally(titled(command))
  const queue: Blow[] = []
  const walk = async (lane: Lane, template: Template): Promise<void> => {
    for (let blow = queue.shift(); blow !== undefined; blow = queue.shift()) {
      count(tally, titleOf(command, blow), await tryCommand(lane, command, template, blow, canary))
    }
  }
  const lanes = await Promise.all(Array.from({ length: size.lanes }, () => openLane(program)))
  const templates: Template[] = []
  try {
    for (const lane of lanes) templates.push(await makeTemplate(lane, command))
    const learnt = await learn(lanes[0]!, command, templates[0]!, canary)
    count(tally, titleOf(command, { kind: 'nothing' }), learnt.complaints)
    // Another sample for each command, so that together they meet every sort of step.
    queue.push(...blowsFor(learnt, size, 7 * WRITING_COMMANDS.indexOf(command)))
    tally.notes.push(`${learnt.calls} calls to the service, ${learnt.steps.length} to the system`)
    await Promise.all(lanes.map((lane, i) => walk(lane, templates[i]!)))
  } finally {
    for (const { home } of templates) removeHome(home)
    await Promise.all(lanes.map((lane) => lane.close()))
  }
  return tally
}

export const killSweep = async (
  program: readonly string[],
  size: SweepSize,
  canary: Canary,
  report: (tally: Tally) => void,
  only = '',
): Promise<void> => {
  for (const command of WRITING_COMMANDS) {
    if (titled(command).startsWith(only)) report(await sweep(command, program, size, canary))
  }
}

const titled = ({ name }: WritingCommand): string => `kill sweep: ${name}`
