import { randomBytes } from 'node:crypto'
import type { Home } from '../harness/home.ts'
import { type Blow, describe, strike, under } from './blow.ts'
import { type Canary, search, secretsIn } from './canary.ts'
import { copyHome, makeHome, readFileIn, removeHome, textsUnder } from './home.ts'
import { damage, goneWell, litter, orphans, standing, storedSecrets } from './judge.ts'
import type { Lane, Person } from './lane.ts'
import { type Ended, start } from './start.ts'
import type { Complaint } from './tally.ts'
import { type Attempt, BEFORE, GIVEN, type WritingCommand } from './writing-commands.ts'

/** A home in which somebody has signed in for real, to be copied for each try. */
export interface Template {
  home: Home
  /** What in it belongs to that person, in the order in which it is replaced. */
  texts: string[]
}

/** The secrets first: an address may stand inside of one. */
const textsOf = ({ email, username }: Person, secrets: readonly string[]): string[] => [...secrets, email, username]

export const makeTemplate = async (lane: Lane, command: WritingCommand): Promise<Template> => {
  const home = makeHome()
  const { service, before } = command
  if (before === null) return { home, texts: [] }
  const person = await lane.newPerson(service)
  const gate = lane.gate(service)
  gate.watch(() => undefined)
  const how = before === 'key' ? '--in-terminal' : '--password'
  const who = service === 'restume' ? ['--username', person.username] : ['--email', person.email]
  const args = ['login', service, how, '--url', gate.url, ...who, '--password-stdin']
  const ended = await start(lane.program, args, { home, input: person.password }).ended
  if (ended.code !== 0) throw new Error(`no ${before} to begin with: ${ended.stderr}`)
  return { home, texts: textsOf(person, secretsIn(gate.answers)) }
}

const begin = async (lane: Lane, command: WritingCommand, template: Template): Promise<Attempt> => {
  const { service, before } = command
  const person = await lane.newPerson(service)
  const given = command.takesKey ? await lane.newKey(service, person, GIVEN) : ''
  const key = before === 'key' ? await lane.newKey(service, person, BEFORE) : null
  const { access, refresh } = person.session
  const session = refresh === null ? [access.reveal()] : [access.reveal(), refresh.reveal()]
  const texts = textsOf(person, key === null ? session : [key])
  const replaced = template.texts.map((text, i): [string, string] => [text, texts[i] ?? text])
  return { lane, person, given, home: copyHome(template.home, replaced), word: randomBytes(4).toString('hex') }
}

interface Watched {
  under: readonly string[]
  /** Told of the command itself, before any other has run. */
  watch(attempt: Attempt, ended: Ended): void
}
const NOT_WATCHED: Watched = { under: [], watch: () => {} }

/** The command, struck; then whether all is as it must be; then the next commands; then whether it still is. */
export const tryCommand = async (
  lane: Lane,
  command: WritingCommand,
  template: Template,
  blow: Blow,
  canary: Canary,
  watched: Watched = NOT_WATCHED,
): Promise<Complaint[]> => {
  const attempt = await begin(lane, command, template)
  const runs: [string, Ended][] = []
  const answers: string[] = []
  const written: string[] = []
  const secrets = new Set([attempt.person.password, ...storedSecrets(attempt)])
  if (attempt.given !== '') secrets.add(attempt.given)
  lane.takeLog()
  const run = async (name: string, { args, input }: Pick<WritingCommand, 'args' | 'input'>, struck: Blow) => {
    const gate = lane.gate(command.service)
    const started = start(lane.program, args(attempt), {
      home: attempt.home,
      input: input?.(attempt) ?? '',
      under: [...(runs.length === 0 ? watched.under : []), ...under(struck)],
    })
    const undo = strike(struck, gate, started, approval(lane, command, attempt))
    const ended = await started.ended
    undo()
    await gate.idle()
    answers.push(...gate.answers)
    if (command.writes) written.push(readFileIn(attempt.home, command.writes(attempt)))
    for (const secret of [...secretsIn(gate.answers), ...storedSecrets(attempt)]) secrets.add(secret)
    runs.push([name, ended])
    return ended
  }
  const known = () => ({
    printed: runs.map(([, { stdout, stderr }]) => stdout + stderr).join('\n'),
    told: runs
      .slice(1)
      .map(([, { stderr }]) => stderr)
      .join('\n'),
    own: [attempt.given, ...written],
  })

  try {
    const first = await run('the command', command, blow)
    watched.watch(attempt, first)
    const broken = damage(attempt)
    if (broken.length > 0) return broken
    const complaints = [...spokenOf(command, blow, first), ...quietly(blow, first)]
    const next = await run('the next command', { args: () => command.next }, { kind: 'nothing' })
    complaints.push(
      ...goneWell(command.next.join(' '), next, [0, 4]),
      ...(command.forgets ? [] : await standing(command, attempt)),
    )
    complaints.push(...(await orphans(command, attempt, known())))
    attempt.word = randomBytes(4).toString('hex')
    for (const step of command.again ?? [{ ...command, exits: [0] }]) {
      const ended = await run('the same again', step, { kind: 'nothing' })
      complaints.push(...goneWell(`${step.args(attempt).slice(0, 3).join(' ')}, again,`, ended, step.exits))
    }
    complaints.push(...damage(attempt), ...(await standing(command, attempt)))
    complaints.push(...(await orphans(command, attempt, known())), ...litter(attempt))
    complaints.push(...leaks(command, attempt, { canary, secrets, runs, answers }))
    return complaints
  } finally {
    removeHome(attempt.home)
  }
}

/**
 * Who approves does so when the program first asks whether somebody has: its link is shown by then. Whoever asks
 * meanwhile is answered afterwards, so that no approval comes after the last look of a program that is stopped.
 */
const approval = (lane: Lane, command: WritingCommand, { person }: Attempt) => {
  const approved = new Map<string, Promise<void>>()
  return async (operation: string): Promise<void> => {
    const code = command.approved ? /\/auth\/cli\/status\/([^/?]+)/.exec(operation)?.[1] : undefined
    if (code === undefined) return
    const given = approved.get(code) ?? lane.server.approve(decodeURIComponent(code), person).catch(() => {})
    approved.set(code, given)
    await given
  }
}

/** A command whose answer could not be written where it should is no success. */
const spokenOf = (command: WritingCommand, blow: Blow, { code }: Ended): Complaint[] =>
  blow.kind === 'stdout' && command.makes === 'shown' && code === 0
    ? [{ harm: 'stuck', what: 'exit code 0, and the answer was written nowhere' }]
    : []

/** Nothing that was done to it makes it confess a mistake of its own. */
const quietly = (blow: Blow, { stderr }: Ended): Complaint[] =>
  /mistake in keyturn itself/.test(stderr)
    ? [{ harm: 'stuck', what: `it says that it is broken, of ${blow.kind}` }]
    : []

interface Scanned {
  canary: Canary
  secrets: Set<string>
  runs: readonly [string, Ended][]
  answers: readonly string[]
}

/**
 * A key that a command makes stands where it was promised: in what is printed, or in its file. Where that place failed
 * it, it is said on stderr, by a command that did not succeed.
 */
const leaks = (command: WritingCommand, attempt: Attempt, { canary, secrets, runs, answers }: Scanned): Complaint[] => {
  const made = command.makes ? secretsIn(answers) : []
  const places = new Set(command.writes ? ['key-'] : [])
  const texts: [string, string][] = [...textsUnder(attempt.home), ['the log of the server', attempt.lane.takeLog()]]
  for (const [name, { code, stdout, stderr, seen }] of runs) {
    texts.push([`stdout of ${name}`, stdout], [`stderr of ${name}`, stderr])
    for (const text of seen) texts.push([`/proc of ${name}`, text])
    if (command.makes === 'shown') places.add(`stdout of ${name}`)
    if (code !== 0) places.add(`stderr of ${name}`)
  }
  const mayShow = (place: string) => [...places].some((each) => place.startsWith(each))
  return search(canary, secrets, texts, (place, secret) => made.includes(secret) && mayShow(place))
}

export const titleOf = (command: WritingCommand, blow: Blow): string => `${command.name}: ${describe(blow)}`
