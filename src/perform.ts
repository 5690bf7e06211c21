import type { Command } from 'commander'
import type { Answer, App } from './app.ts'
import type { Perform } from './commands/command.ts'
import type { GlobalOptions } from './global-options.ts'

export interface CommandLine {
  version: string
  /** Help goes where answers go. */
  print(text: string): void
  compose(options: GlobalOptions): Promise<App>
  show(app: App, answer: Answer): Promise<void>
}

/** `fieldsOf`: those of the JSON that are wanted, known when the line has been read. */
export const performer =
  (line: CommandLine, fieldsOf: (command: Command) => readonly string[] | null): Perform =>
  async (command, run) => {
    const options = command.optsWithGlobals<GlobalOptions>()
    const app = await line.compose({ ...options, fields: fieldsOf(command) })
    const answer = await run(app)
    if (answer !== null) await line.show(app, answer)
  }
