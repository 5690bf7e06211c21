import type { Answer, App } from './app.ts'
import type { Perform } from './commands/command.ts'
import type { GlobalOptions } from './global-options.ts'
import { assertHasAnswer } from './json-option.ts'

export interface CommandLine {
  version: string
  /** Help goes where answers go. */
  print(text: string): void
  compose(options: GlobalOptions): Promise<App>
  show(app: App, answer: Answer): Promise<void>
}

/** `fields`: those of the JSON that are wanted, known when the line has been read. */
export const performer =
  (line: CommandLine, fields: () => readonly string[] | null): Perform =>
  async (command, run) => {
    const options = command.optsWithGlobals<GlobalOptions>()
    if (options.jq !== undefined) assertHasAnswer(command)
    const app = await line.compose({ ...options, fields: fields() })
    const answer = await run(app)
    if (answer !== null) await line.show(app, answer)
  }
