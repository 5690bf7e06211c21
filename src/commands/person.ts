import type { App } from '../app.ts'
import type { Service } from '../services/service.ts'
import { readSecret } from '../terminal/read-secret.ts'
import type { Secret } from '../vocabulary/secret.ts'

/** Who somebody is, as far as the command line says it. */
export interface PersonOptions {
  email?: string
  username?: string
  passwordStdin?: boolean
}

/** What a service knows a person by, and the password: given, or asked for. */
export const askPerson = async (
  app: App,
  { signInName }: Service,
  options: PersonOptions,
): Promise<{ name: string; password: Secret }> => {
  const given = (signInName === 'email' ? undefined : options.username) ?? options.email
  const flag = signInName === 'email' ? '--email EMAIL' : '--username NAME (or --email EMAIL)'
  const name = given ?? (await app.ask.text(signInName, flag))
  return { name, password: await askPassword(app, 'password', options) }
}

export const askPassword = (app: App, question: string, { passwordStdin }: PersonOptions): Promise<Secret> =>
  passwordStdin
    ? readSecret(app.terminal, 'the password', app.signal, { blanks: true })
    : app.ask.password(question, '--password-stdin, and the password on standard input')
