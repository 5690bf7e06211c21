import { basename, join } from 'node:path'
import type { Answer, App } from '../app.ts'
import type { Environment } from '../vocabulary/environment.ts'
import { Failure } from '../vocabulary/failure.ts'
import { shellWord } from '../vocabulary/shell-word.ts'
import type { Declare } from './command.ts'
import { SCRIPTS, SHELLS, type Shell } from './completion-scripts.ts'

export const declareCompletion: Declare = (program, perform) => {
  program
    .command('completion')
    .addArgument(program.createArgument('[shell]', 'the one of $SHELL unless given').choices(SHELLS))
    .description('print what completes commands, flags, services, profiles and key names in a shell')
    .option('--install', 'put it where that shell looks for it')
    .action((shell: Shell | undefined, options: { install?: boolean }, command) =>
      perform(command, (app) => run(app, shell ?? ownShell(app.env), options.install === true)),
    )
}

const ownShell = ({ SHELL = '' }: Environment): Shell => {
  const name = basename(SHELL)
  const found = SHELLS.find((shell) => shell === (name === 'pwsh' ? 'powershell' : name))
  if (found !== undefined) return found
  throw new Failure('input_needed', 'which shell?', { hint: `name it: keyturn completion ${SHELLS.join('|')}` })
}

const run = async (app: App, shell: Shell, install: boolean): Promise<Answer> => {
  const script = SCRIPTS[shell]
  if (!install) return { json: { shell, script }, human: script, quiet: script }
  const { path, next } = placeOf(app.env, shell)
  if (path === null) {
    app.terminal.say(next)
    return { json: { shell, path, next }, human: null, quiet: null }
  }
  app.writeFile(path, script)
  const { say, style } = app.terminal
  say(`${style.err.green('✓')} completion for ${shell} is in ${path}`)
  say(`  ${next}`)
  say(`  to undo it: rm ${shellWord(path)}`)
  return { json: { shell, path, next }, human: null, quiet: path }
}

interface Place {
  /** `null`: this shell reads it from nowhere by itself. */
  path: string | null
  /** What the person does now. */
  next: string
}

/** A person's own start-up files are never touched: what belongs in there is told. */
const placeOf = (env: Environment, shell: Shell): Place => {
  if (shell === 'powershell') {
    const line = 'keyturn completion powershell | Out-String | Invoke-Expression'
    return { path: null, next: `PowerShell reads it from its profile alone; put this line into $PROFILE: ${line}` }
  }
  if (shell === 'fish') {
    const path = join(folderOf(env, 'XDG_CONFIG_HOME', '.config'), 'fish', 'completions', 'keyturn.fish')
    return { path, next: 'every fish that is started from now on has it' }
  }
  const data = folderOf(env, 'XDG_DATA_HOME', join('.local', 'share'))
  if (shell === 'bash') {
    const next = 'bash has it from its next start, where the package bash-completion is installed'
    const without = 'without that, put this line into ~/.bashrc: source <(keyturn completion bash)'
    return { path: join(data, 'bash-completion', 'completions', 'keyturn'), next: `${next}; ${without}` }
  }
  const folder = join(data, 'zsh', 'site-functions')
  return {
    path: join(folder, '_keyturn'),
    next: `put this line into ~/.zshrc, before compinit: fpath+=(${shellWord(folder)})`,
  }
}

/** The XDG Base Directory Specification has a relative one ignored. */
const folderOf = (env: Environment, variable: string, usual: string): string => {
  const given = env[variable]
  if (given?.startsWith('/')) return given
  const home = env.HOME
  if (home) return join(home, usual)
  throw new Failure('failed', 'there is no place to put it: HOME is not set', {
    hint: 'set HOME, or put it where you want it: keyturn completion bash > FILE',
  })
}
