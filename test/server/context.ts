import { instant } from '../../src/server/instant.ts'
import { makePasswords } from '../../src/server/passwords.ts'
import type { Letter } from '../../src/server/public.ts'
import type { ServerContext } from '../../src/server/reference-service.ts'
import { type HandClock, makeHandClock } from './hand-clock.ts'

export interface TestContext extends ServerContext {
  clock: HandClock
  letters: Letter[]
  /** What the half reported as its own mistakes. */
  faults: unknown[]
}

/** What a reference half is handed, with the clock in the test's hands and passwords that cost nothing. */
export const makeServerContext = (changes: Partial<ServerContext> & { clock?: HandClock } = {}): TestContext => {
  const clock = changes.clock ?? makeHandClock()
  const letters: Letter[] = []
  const faults: unknown[] = []
  return {
    passwords: makePasswords(2),
    google: null,
    wishes: { rotate: false, zectreJwks: null },
    addressOf: () => 'http://localhost:8000',
    report: (error) => faults.push(error),
    outbox: { letters, send: (letter) => letters.push({ ...letter, sent_at: instant(clock.now()) }) },
    ...changes,
    clock,
    letters,
    faults,
  }
}
