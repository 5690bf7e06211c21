import { arch } from 'node:os'
import type { Command } from 'commander'
import type { Answer, App } from '../app.ts'
import { examine, type Patient } from '../doctor/examine.ts'
import type { Finding, Section } from '../doctor/finding.ts'
import { type Private, presentable, secretsOf } from '../doctor/presentable.ts'
import { report } from '../doctor/report.ts'
import { styleFor } from '../terminal/style.ts'
import type { Declare } from './command.ts'

/** For each question to a service and to the keychain, unless `--timeout` says otherwise. */
const PATIENCE = 5000

interface DoctorOptions {
  color: boolean
}

export const declareDoctor: Declare = (program, perform) => {
  program
    .command('doctor')
    .description('what works here, what does not, and what to do about it')
    .action((_options: object, command: Command) =>
      perform(command, (app) => run(app, command.optsWithGlobals<DoctorOptions>())),
    )
}

const run = async (app: App, { color }: DoctorOptions): Promise<Answer> => {
  const { columns, streams } = app.terminal
  const style = await styleFor(streams.stdout, app.env, !color)
  const examination = await withWord(app, examine(patientOf(app, style.bold('a') !== 'a')))
  const secret = privateOf(app)
  const sections = examination.sections.map((section) => presentableSection(section, secret))
  const findings = sections.flatMap((section) => section.findings)
  const ok = findings.every(({ level }) => level !== 'failure')
  return {
    json: {
      ok,
      checks: findings.map(({ name, level, detail, hint }) => ({ name, ok: level !== 'failure', detail, hint })),
    },
    human: report({ ...examination, sections }, { columns, style }),
    quiet: null,
    exitCode: ok ? 0 : 1,
  }
}

const SLOW = 1000

/** Who sits before a silent terminal for longer is told that something goes on. */
const withWord = async <T>(app: App, work: Promise<T>): Promise<T> => {
  const over = new AbortController()
  const late = app.wait(SLOW, AbortSignal.any([app.signal, over.signal]))
  late.then(
    () => app.terminal.animated && app.terminal.say('still looking: something takes its time to answer'),
    () => {},
  )
  try {
    return await work
  } finally {
    over.abort()
  }
}

const patientOf = (app: App, coloured: boolean): Patient => {
  const { env, machine, terminal, clock, signal, wishes, browserObstacle } = app
  const { streams } = terminal
  const patience = machine.timeout ?? PATIENCE
  return {
    program: { version: app.version, nodeVersion: machine.nodeVersion, platform: machine.platform, arch: arch() },
    terminal: {
      env,
      stdin: streams.stdin.isTTY === true,
      stdout: streams.stdout.isTTY === true,
      stderr: streams.stderr.isTTY === true,
      columns: streams.stdout.columns ?? streams.stderr.columns ?? null,
      interactive: terminal.interactive,
      coloured,
    },
    env,
    platform: machine.platform,
    container: machine.container(),
    browserObstacle,
    wishes,
    configFolder: machine.configFolder,
    openKeychain: () => machine.openKeychain(patience),
    clock,
    patience,
    signal,
  }
}

const privateOf = ({ env, machine }: App): Private => ({
  home: (env.HOME || env.USERPROFILE || '').replace(/[\\/]+$/, ''),
  userName: machine.userName(),
  secrets: secretsOf(env),
})

const presentableSection = ({ title, findings }: Section, secret: Private): Section => ({
  title: presentable(title, secret),
  findings: findings.map(
    (finding): Finding => ({
      ...finding,
      name: presentable(finding.name, secret),
      detail: presentable(finding.detail, secret),
      hint: finding.hint === null ? null : presentable(finding.hint, secret),
    }),
  ),
})
