import type { Answer, App } from '../app.ts'
import { environmentVariable } from '../session/in-force.ts'
import { credentialOf, existingProfile, removeProfile, renameProfile, useProfile } from '../session/profiles.ts'
import { type Column, table } from '../terminal/table.ts'
import { accountLabel } from '../vocabulary/account.ts'
import { clean } from '../vocabulary/clean.ts'
import type { Credential } from '../vocabulary/credential.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { JsonObject } from '../vocabulary/json.ts'
import type { Declare } from './command.ts'
import { forgetKeyNames } from './remember-key-names.ts'

export const declareProfile: Declare = (program, perform) => {
  const profile = program.command('profile').description('the profiles: list them, choose one, remove or rename one')
  profile
    .command('list')
    .description('every profile: who, where, and where its secret is kept')
    .action((_options, command) => perform(command, list))
  profile
    .command('use <profile>')
    .description('make it the one in use when none is named')
    .action((name: string, _options, command) => perform(command, (app) => use(app, name)))
  profile
    .command('remove <profile>')
    .description('forget a profile and its secret; ends nothing at the service')
    .option('--yes', 'ask nothing')
    .action((name: string, options: { yes?: boolean }, command) =>
      perform(command, (app) => remove(app, name, options.yes === true)),
    )
  profile
    .command('rename <profile> <new-name>')
    .description('give it another name')
    .action((from: string, to: string, _options, command) => perform(command, (app) => rename(app, from, to)))
}

type Settings = Awaited<ReturnType<App['settings']['read']>>

const asJson = (settings: Settings, name: string): JsonObject => {
  const { service, url, store, user, org, created_at } = existingProfile(settings, name)
  return {
    name,
    current: name === settings.current,
    service,
    url,
    store,
    user: user && { ...user },
    org: org ?? null,
    created_at: created_at || null,
  }
}

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'NAME' },
  { title: 'SERVICE' },
  { title: 'ACCOUNT', cut: 16 },
  { title: 'ADDRESS', cut: 20, drop: true },
  { title: 'KEPT IN' },
]

const list = async (app: App): Promise<Answer> => {
  const settings = await app.settings.read()
  const all = Object.entries(settings.profiles)
  const rows = all.map(([name, { service, url, store, user }]) => [
    name === settings.current ? '*' : '',
    name,
    service,
    accountLabel(user && { ...user }),
    url,
    store,
  ])
  if (all.length === 0) app.terminal.say('there are no profiles; to make one: keyturn login')
  return {
    json: all.map(([name]) => asJson(settings, name)),
    human: all.length === 0 ? null : table(COLUMNS, rows, app.terminal.columns),
    quiet: all.map(([name]) => name).join('\n'),
  }
}

const use = async (app: App, name: string): Promise<Answer> => {
  const settings = await useProfile(app, name)
  const { service, url } = existingProfile(settings, name)
  app.terminal.say(`${app.terminal.style.err.green('✓')} "${name}" is the profile in use: ${service} at ${clean(url)}`)
  const variable = environmentVariable(app.wishes) ?? (app.env.KEYTURN_PROFILE ? 'KEYTURN_PROFILE' : null)
  if (variable !== null) app.terminal.insist(`${variable} is set and comes before it: unset ${variable}`)
  return { json: asJson(settings, name), human: null, quiet: null }
}

const remove = async (app: App, name: string, yes: boolean): Promise<Answer> => {
  const before = await app.settings.read()
  const profile = existingProfile(before, name)
  const credential = await credentialOf(app, name)
  const who = accountLabel(profile.user && { ...profile.user })
  const what = `profile "${name}" (${who === null ? '' : `${who}, `}${profile.service})`
  const left = credential === null ? null : `${WHAT_STAYS[credential.kind]} at ${profile.service}`
  const instead = left === null ? '--yes' : `--yes, or end it there first: keyturn logout --profile ${name}`
  const question = `remove ${what}?${left === null ? '' : ` ${left}`}`
  if (!yes && !(await app.ask.confirm(question, instead))) throw new Failure('interrupted', 'nothing was removed')
  const after = await removeProfile(app, name)
  await forgetKeyNames(app, name)
  const { green, yellow } = app.terminal.style.err
  app.terminal.say(`${green('✓')} removed ${clean(what, 400)}`)
  if (left !== null) app.terminal.say(yellow(`  ${left}`))
  if (credential?.kind === 'api_key') {
    app.terminal.say(
      `  to end it: revoke it on the dashboard, or keyturn login ${profile.service}, then keyturn keys revoke`,
    )
  }
  const [next] = Object.keys(after.profiles)
  if (before.current === name && next !== undefined) {
    app.terminal.say(`  no profile is in use now; to choose one: keyturn profile use ${next}`)
  }
  return { json: { name, removed: true }, human: null, quiet: null }
}

const WHAT_STAYS: Record<Credential['kind'], string> = {
  api_key: 'its key stays alive',
  session: 'its session goes on until it ends by itself',
}

const rename = async (app: App, from: string, to: string): Promise<Answer> => {
  const settings = await renameProfile(app, from, to)
  await forgetKeyNames(app, from)
  app.terminal.say(`${app.terminal.style.err.green('✓')} profile "${from}" is "${to}" now`)
  return { json: asJson(settings, to), human: null, quiet: null }
}
