import type { Writable } from 'node:stream'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import { Secret } from '../vocabulary/secret.ts'
import type { Terminal } from './terminal.ts'
import { wrap } from './wrap.ts'

export interface Ask {
  /** `instead`: what to give on the command line where nobody can be asked, "--email EMAIL". */
  text(question: string, instead: string, complaint?: (given: string) => string | undefined): Promise<string>
  /** Never echoed. */
  password(question: string, instead: string, complaint?: (given: string) => string | undefined): Promise<Secret>
  /** The answer is no unless the person says yes. */
  confirm(question: string, instead: string): Promise<boolean>
  /** One of several, by its value; `first` is where the choosing begins. */
  select(question: string, instead: string, choices: readonly Choice[], first?: string): Promise<string>
}

export interface Choice {
  value: string
  label: string
}

interface Common {
  input: Terminal['streams']['stdin']
  output: Writable
  signal: AbortSignal
  withGuide: boolean
}

const MARK = '   '

/** Questions on stderr. Where nobody can be asked they are failures that name the flag to give. */
export const createAsk = (terminal: Terminal, signal: AbortSignal): Ask => {
  const prompts = async (question: string, instead: string) => {
    if (!terminal.interactive) {
      throw new Failure('input_needed', `an answer is needed and nobody can be asked here: ${question}`, {
        hint: `give ${instead}`,
      })
    }
    return terminal.plain ? import('./plain-questions.ts') : import('./drawn-questions.ts')
  }
  /** One question, until it is answered, the program is stopped, or the input ends: a terminal says that with Ctrl-D. */
  const asked = async <T>(question: (common: Common) => Promise<T | symbol>): Promise<T> => {
    const { stdin, stderr } = terminal.streams
    const ended = new AbortController()
    const end = () => ended.abort(new Failure('interrupted', 'the input ended before there was an answer'))
    const onKey = (_text: unknown, key: { ctrl?: boolean; name?: string } | undefined) => {
      if (key?.ctrl && key.name === 'd') end()
    }
    stdin.on('keypress', onKey).on('end', end)
    const stopped = AbortSignal.any([signal, ended.signal])
    try {
      // A terminal, so Node's own stream.
      const output = stderr as NodeJS.WriteStream
      const answer = await question({ input: stdin, output, signal: stopped, withGuide: false })
      if (typeof answer !== 'symbol') return answer
      throw stopped.aborted ? stopped.reason : new Failure('interrupted', 'cancelled')
    } finally {
      stdin.off('keypress', onKey).off('end', end)
    }
  }
  /** clack reckons without the mark that it puts before a question, and so breaks a long one twice. */
  const inLines = (question: string): string =>
    terminal.plain ? question : wrap(question, (terminal.streams.stderr.columns ?? 80) - MARK.length).join(`\n${MARK}`)
  return {
    text: async (question, instead, complaint = () => undefined) => {
      const { text } = await prompts(question, instead)
      const validate = (given = '') => (given.trim() === '' ? 'please type something' : complaint(given.trim()))
      return (await asked((common) => text({ ...common, message: clean(question), validate }))).trim()
    },
    password: async (question, instead, complaint = () => undefined) => {
      const { password } = await prompts(question, instead)
      const validate = (given = '') => (given === '' ? 'please type something' : complaint(given))
      return new Secret(
        await asked((common) =>
          password({ ...common, message: clean(question), mask: '•', clearOnError: true, validate }),
        ),
      )
    },
    confirm: async (question, instead) => {
      const { confirm } = await prompts(question, instead)
      return asked((common) => confirm({ ...common, message: inLines(clean(question, 400)), initialValue: false }))
    },
    select: async (question, instead, choices, first) => {
      const { select } = await prompts(question, instead)
      const begin = first === undefined ? {} : { initialValue: first }
      return asked<string>((common) => select({ ...common, message: clean(question), options: [...choices], ...begin }))
    },
  }
}
