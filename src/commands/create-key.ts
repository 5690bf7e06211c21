import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import { rememberOrg } from '../session/remember-org.ts'
import { openSession, signed } from '../session/renew.ts'
import { facts } from '../terminal/table.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'

export interface KeyOptions {
  scope: string[]
  expiresIn?: string
}

export const createKey = async (app: App, name: string, options: KeyOptions): Promise<Answer> => {
  const expiresInDays = options.expiresIn === undefined ? null : days(options.expiresIn)
  const { inForce } = await openSession(app)
  const { service, credential } = inForce
  const create = await operationOf(service, 'create-key', (client) => client.createKey, credential.kind)
  const scopes = options.scope.length === 0 ? null : options.scope
  // A key that is made and not shown is lost, so a stop waits for the answer.
  const made = await app.finish((signal) => create(signed(app, inForce, signal), { name, scopes, expiresInDays }))
  const { key, is_active: _, last_used_at: __, ...shown } = made
  const raw = key.reveal()
  await rememberOrg(app, inForce).catch((error: Error) => app.terminal.insist(error.message))
  return {
    json: { ...shown, key: raw, saved_to: null },
    human: facts([
      ['key', raw],
      ['name', made.name],
      ['id', made.id],
      ['scopes', made.scopes?.join(' ')],
      ['expires', made.expires_at ?? (expiresInDays === null ? 'never' : `in ${expiresInDays} days`)],
      ['note', 'this is the only time that the key is shown'],
    ]),
    quiet: raw,
    lastResort: `the key "${clean(made.name ?? name)}" was made, and could not be printed where it should have been: ${raw}`,
  }
}

const IN_DAYS: Record<string, number> = { d: 1, w: 7, m: 30, y: 365 }

const days = (text: string): number => {
  const [, count, unit = 'd'] = /^(\d{1,5})([dwmy])?$/.exec(text) ?? []
  const result = Number(count) * (IN_DAYS[unit] ?? 1)
  if (result > 0) return result
  throw new Failure('usage', `"${text}" is no time`, { hint: 'give days, weeks, months or years: --expires-in 90d' })
}
