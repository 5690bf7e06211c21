/** What an exercise is about to say: how often it was tried, how often nothing went wrong, and what did. */

/**
 * `lost`: a credential that is neither the old one whole nor the new one whole; `orphaned`: a key that is alive at the
 * service and that nobody holds, was shown or is told about; `leaked`: a secret outside of the store; `stuck`: anything
 * else that keeps the next command from its work, or that is left lying about.
 */
export type Harm = 'lost' | 'orphaned' | 'leaked' | 'stuck'

export interface Complaint {
  harm: Harm
  what: string
}

export interface Tally {
  name: string
  tried: number
  survived: number
  counts: Record<Harm, number>
  /** Each sort of harm once, with what was done when it was first seen. */
  seen: Map<string, string>
  /** Figures of the exercise's own. */
  notes: string[]
  begun: number
  /** When the last try was over. */
  over: number
}

export const newTally = (name: string): Tally => ({
  name,
  tried: 0,
  survived: 0,
  counts: { lost: 0, orphaned: 0, leaked: 0, stuck: 0 },
  seen: new Map(),
  notes: [],
  begun: performance.now(),
  over: performance.now(),
})

/** One try and what was wrong after it; a harm counts once a try. */
export const count = (tally: Tally, deed: string, complaints: readonly Complaint[]): void => {
  tally.tried += 1
  tally.over = performance.now()
  if (complaints.length === 0) tally.survived += 1
  for (const harm of new Set(complaints.map((each) => each.harm))) tally.counts[harm] += 1
  for (const { harm, what } of complaints) {
    const kind = `${harm}: ${what}`
    if (!tally.seen.has(kind)) tally.seen.set(kind, deed)
  }
}

export const isWhole = ({ tried, survived }: Tally): boolean => tried > 0 && survived === tried

export const line = ({ name, tried, survived, counts, notes, begun, over }: Tally): string => {
  const more = (['orphaned', 'stuck'] as const).filter((harm) => counts[harm] > 0)
  const figures = [
    `tried ${tried}`,
    `survived ${survived}`,
    `lost ${counts.lost}`,
    `leaked ${counts.leaked}`,
    ...more.map((harm) => `${harm} ${counts[harm]}`),
  ]
  const aside = [...notes, `${((over - begun) / 1000).toFixed(0)} s`]
  return `${name.padEnd(40)} ${figures.join(', ')}  (${aside.join('; ')})`
}

/** What went wrong, for whoever has to mend it. */
export const details = ({ seen }: Tally): string[] => [...seen].map(([kind, deed]) => `  ${kind}\n    after: ${deed}`)
