import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import { Secret } from '../vocabulary/secret.ts'
import type { Terminal } from './terminal.ts'

export interface Ask {
  /** `instead`: what to give on the command line where nobody can be asked, "--email EMAIL". */
  text(question: string, instead: string, complaint?: (given: string) => string | undefined): Promise<string>
  /** Never echoed. */
  password(question: string, instead: string): Promise<Secret>
  /** The answer is no unless the person says yes. */
  confirm(question: string, instead: string): Promise<boolean>
  /** One of several, by its value. */
  select(question: string, instead: string, choices: readonly Choice[]): Promise<string>
}

export interface Choice {
  value: string
  label: string
  hint: string
}

/** Questions on stderr. Where nobody can be asked they are failures that name the flag to give. */
export const createAsk = (terminal: Terminal, signal: AbortSignal): Ask => {
  const prompts = async (question: string, instead: string) => {
    if (!terminal.interactive) {
      throw new Failure('input_needed', `an answer is needed and nobody can be asked here: ${question}`, {
        hint: `give ${instead}`,
      })
    }
    return import('@clack/prompts')
  }
  const common = { input: terminal.streams.stdin, output: terminal.streams.stderr, signal, withGuide: false }
  const answered = <T>(answer: T): Exclude<T, symbol> => {
    if (typeof answer === 'symbol') throw signal.aborted ? signal.reason : new Failure('interrupted', 'cancelled')
    return answer as Exclude<T, symbol>
  }
  return {
    text: async (question, instead, complaint = () => undefined) => {
      const { text } = await prompts(question, instead)
      const validate = (given = '') => (given.trim() === '' ? 'please type something' : complaint(given.trim()))
      return answered(await text({ ...common, message: clean(question), validate })).trim()
    },
    password: async (question, instead) => {
      const { password } = await prompts(question, instead)
      const validate = (given: string | undefined) => ((given ?? '') === '' ? 'please type something' : undefined)
      return new Secret(answered(await password({ ...common, message: clean(question), mask: '•', validate })))
    },
    confirm: async (question, instead) => {
      const { confirm } = await prompts(question, instead)
      return answered(await confirm({ ...common, message: clean(question, 400), initialValue: false }))
    },
    select: async (question, instead, choices) => {
      const { select } = await prompts(question, instead)
      return answered(await select({ ...common, message: clean(question), options: [...choices] }))
    },
  }
}
