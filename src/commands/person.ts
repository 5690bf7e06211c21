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

const FROM_STDIN = '--password-stdin, and the password on standard input'

const readPassword = (app: App): Promise<Secret> =>
  readSecret(app.terminal, 'the password', app.signal, { blanks: true })

const askPassword = (app: App, question: string, { passwordStdin }: PersonOptions): Promise<Secret> =>
  passwordStdin ? readPassword(app) : app.ask.password(question, FROM_STDIN)

type Complaint = (given: string) => string | undefined

/** Of an account that is being made; `complaint` says why a password will not do. */
export const choosePassword = (app: App, { passwordStdin }: PersonOptions, complaint: Complaint): Promise<Secret> =>
  passwordStdin ? readPassword(app) : askTwice(app, 'password', FROM_STDIN, complaint)

/** A new password is typed unseen, and a slip in it would shut its owner out. */
export const askTwice = async (app: App, question: string, instead: string, complaint?: Complaint): Promise<Secret> => {
  const password = await app.ask.password(question, instead, complaint)
  const unlike = (given: string) => (given === password.reveal() ? undefined : 'that is another one; Esc to begin anew')
  await app.ask.password('the same password again', instead, unlike)
  return password
}
