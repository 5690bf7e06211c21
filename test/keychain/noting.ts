import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The environment of a program that writes down, in that file, what it starts and what it asks of it. */
export const noting = (file: string): Record<string, string> => ({
  KEYTURN_NOTES: file,
  NODE_OPTIONS: `--require=${join(import.meta.dirname, 'note-children.cjs')}`,
})

/** `start` for each process that it started, and the operation for each question. */
export const notesIn = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
