/** The steps of a command, seen by running it once: which calls it makes, to the service and to the system. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Blow } from './blow.ts'
import { STAGES } from './gate.ts'

/** A question mark: not every processor has each of them. */
const WATCHED = [
  'openat',
  'write',
  'fsync',
  'rename',
  'renameat',
  'symlink',
  'symlinkat',
  'unlink',
  'unlinkat',
  'mkdir',
]

/** Where a run under it leaves what it saw, and how it is read. */
export const watchSystem = () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-trace-'))
  const file = join(folder, 'trace')
  return {
    under: [
      'strace',
      '-f',
      '--seccomp-bpf',
      '-qqq',
      '-y',
      '-o',
      file,
      '-e',
      `trace=${WATCHED.map((name) => `?${name}`)}`,
    ],
    read(): string {
      const text = readFileSync(file, 'utf8')
      rmSync(folder, { recursive: true })
      return text
    },
  }
}

/**
 * The calls that change a file of ours or print the answer, each by its number among the calls of that name: strace
 * counts for each thread apart, and all of these are the first thread's.
 */
export const systemSteps = (trace: string, config: string): Extract<Blow, { kind: 'system' }>[] => {
  const first = /^\d+/.exec(trace)?.[0]
  const counts = new Map<string, number>()
  const steps: Extract<Blow, { kind: 'system' }>[] = []
  for (const line of trace.split('\n')) {
    const [, thread, name = '', rest = ''] = /^(\d+)\s+(\w+)\((.*)/.exec(line) ?? []
    if (thread !== first || !WATCHED.includes(name)) continue
    const nth = (counts.get(name) ?? 0) + 1
    counts.set(name, nth)
    const ours = rest.includes(config) && (name !== 'openat' || rest.includes('O_CREAT'))
    if (!ours && !(name === 'write' && rest.startsWith('1<'))) continue
    const path = /([\w.-]+)[">]/.exec(rest.slice(rest.indexOf(config) + config.length))?.[1] ?? 'standard output'
    const about = path.replace(/\.[0-9a-f]{24}\.tmp/, '….tmp')
    steps.push({ kind: 'system', name, nth, about: ours ? about : 'standard output', fault: 'kill' })
  }
  return steps
}

/** Each stage of each call to the service. */
export const callSteps = (calls: number, signal: NodeJS.Signals): Blow[] =>
  Array.from({ length: calls }, (_, i) => i + 1).flatMap((call) =>
    STAGES.map((stage): Blow => ({ kind: 'call', call, stage, signal })),
  )
