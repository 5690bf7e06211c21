import type { Command } from 'commander'
import type { Answer, App } from '../app.ts'

/**
 * Puts an App together and shows what `run` answers. Declaring a command is given this, so that a declaration does
 * nothing and `run` never sees the parser.
 */
export type Perform = (command: Command, run: (app: App) => Promise<Answer | null>) => Promise<void>

/** Adds one noun or verb to the program. */
export type Declare = (program: Command, perform: Perform) => void

/** What reads an option that is given several times. */
export const collect = (value: string, before: string[]): string[] => [...before, value]

export interface CommandEntry {
  name: string
  summary: string
  load: () => Promise<Declare>
}
