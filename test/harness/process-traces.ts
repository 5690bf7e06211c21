import { readdirSync, readFileSync } from 'node:fs'
import { PROGRAM } from './environment.ts'

/** What can be seen of one process from outside, once each time that it becomes another program. */
export interface Seen {
  command: string
  /** Of one that the program under test started: what the test gave to the program itself is no secret from it. */
  environment: string | null
}

type Watcher = (seen: Seen) => void

const EVERY = 20
const watched = new Map<number, Watcher>()
/** Of every process that is alive: a number is looked up once. */
const parents = new Map<number, number>()
const commands = new Map<number, string>()
let timer: NodeJS.Timeout | null = null

/** Reports every process that `pid` is or starts, as often as one can look, until the returned function is called. */
export const watchProcesses = (pid: number, report: Watcher): (() => void) => {
  watched.set(pid, report)
  look()
  timer ??= setInterval(look, EVERY).unref()
  return () => {
    watched.delete(pid)
    if (watched.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }
}

const look = (): void => {
  const alive = new Set(pids())
  for (const pid of parents.keys()) {
    if (alive.has(pid)) continue
    parents.delete(pid)
    commands.delete(pid)
  }
  for (const pid of alive) {
    const parent = parents.get(pid) ?? parentOf(pid)
    if (parent === null) continue
    parents.set(pid, parent)
    const report = watched.get(ancestors(pid).find((each) => watched.has(each)) ?? pid)
    if (report) lookAt(pid, parent, report)
  }
}

const lookAt = (pid: number, parent: number, report: Watcher): void => {
  // First the command: one that has just been forked has its parent's, and its parent's environment too.
  const command = read(pid, 'cmdline')
  if (command === '' || command === commands.get(pid) || command === commands.get(parent)) return
  commands.set(pid, command)
  const isChild = ancestors(parent).some((each) => isProgram(commands.get(each)))
  report({ command, environment: isChild ? read(pid, 'environ') : null })
}

/** Node with it as its script; a shell that is only told to start it is not. */
const isProgram = (command = ''): boolean =>
  command
    .split('\0')
    .slice(1)
    .find((argument) => !argument.startsWith('-')) === PROGRAM

/** Itself, its parent, and so on. */
const ancestors = (pid: number): number[] => {
  const line: number[] = []
  for (let at: number | undefined = pid; at !== undefined && at > 1 && !line.includes(at); at = parents.get(at)) {
    line.push(at)
  }
  return line
}

/** None where there is no /proc. */
const pids = (): number[] => {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

const read = (pid: number, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    // It has ended meanwhile, or is another user's.
    return ''
  }
}

const parentOf = (pid: number): number | null => {
  const parent = Number(read(pid, 'stat').split(') ').at(-1)?.split(' ')[1])
  return Number.isInteger(parent) && parent > 0 ? parent : null
}
