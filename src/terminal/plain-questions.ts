/** Questions where nothing can be drawn twice, or where it is read out: a line that asks, and a line that answers. */
import { createInterface } from 'node:readline'
import { StringDecoder } from 'node:string_decoder'
import type { Input, Output } from './terminal.ts'

interface Question {
  input: Input
  output: Output
  signal: AbortSignal
  message: string
}

interface Checked extends Question {
  validate(given?: string): string | undefined
}

/** What clack gives too when there is no answer. */
const CANCELLED: symbol = Symbol('cancelled')
type Answered = Promise<string | symbol>

export const text = (question: Checked): Answered => untilGood(question, () => readLine(question, question.message))

export const password = (question: Checked): Answered => untilGood(question, () => readUnseen(question))

export const confirm = async (question: Question): Promise<boolean | symbol> => {
  const given = await readLine(question, `${question.message} (yes or no)`)
  return typeof given === 'symbol' ? given : /^y(es)?$/i.test(given.trim())
}

export const select = async (
  question: Question & { options: { value: string; label: string }[]; initialValue?: string },
): Answered => {
  const { options, initialValue, output, message } = question
  const first = Math.max(
    options.findIndex(({ value }) => value === initialValue),
    0,
  )
  output.write(`${message}\n`)
  for (const [index, { label }] of options.entries()) output.write(`  ${index + 1}  ${label}\n`)
  const chosen = (given: string) => options[given.trim() === '' ? first : Number(given) - 1]?.value
  const validate = (given = '') =>
    chosen(given) === undefined ? `please type a number from 1 to ${options.length}` : undefined
  const given = await untilGood({ ...question, validate }, () => readLine(question, `its number (${first + 1})`))
  return typeof given === 'symbol' ? given : (chosen(given) ?? CANCELLED)
}

const untilGood = async ({ validate, output }: Checked, ask: () => Answered): Answered => {
  for (;;) {
    const given = await ask()
    const complaint = typeof given === 'symbol' ? undefined : validate(given)
    if (complaint === undefined) return given
    output.write(`${complaint}\n`)
  }
}

/** The terminal itself echoes and edits the line, and makes a signal of Ctrl-C. */
const readLine = ({ input, output, signal }: Question, prompt: string): Answered =>
  new Promise((resolve) => {
    output.write(`${prompt}: `)
    const lines = createInterface({ input, terminal: false })
    let answer: string | symbol = CANCELLED
    const end = () => lines.close()
    lines.once('line', (line) => {
      answer = line
      end()
    })
    lines.once('close', () => {
      signal.removeEventListener('abort', end)
      if (answer === CANCELLED) output.write('\n')
      resolve(answer)
    })
    signal.addEventListener('abort', end)
  })

const ENTER = /[\r\n]/
const CANCEL = /[\u0003\u0004\u001b]/
const BACKSPACE = /[\b\u007f]/

const readUnseen = ({ input, output, signal, message }: Question): Answered =>
  new Promise((resolve) => {
    const decoder = new StringDecoder()
    const typed: string[] = []
    const done = (answer: string | symbol) => {
      input.off('data', onData)
      signal.removeEventListener('abort', cancel)
      input.setRawMode?.(false)
      input.pause()
      output.write('\n')
      resolve(answer)
    }
    const cancel = () => done(CANCELLED)
    const onData = (chunk: Buffer | string) => {
      for (const character of typeof chunk === 'string' ? chunk : decoder.write(chunk)) {
        if (ENTER.test(character)) return done(typed.join(''))
        if (CANCEL.test(character)) return cancel()
        if (BACKSPACE.test(character)) typed.pop()
        else typed.push(character)
      }
    }
    signal.addEventListener('abort', cancel)
    // Before anybody is asked: what is typed at once must not be echoed either.
    input.setRawMode?.(true)
    input.on('data', onData).resume()
    output.write(`${message} (not shown): `)
  })
