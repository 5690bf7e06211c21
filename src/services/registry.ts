import type { Credential } from '../vocabulary/credential.ts'
import { Failure } from '../vocabulary/failure.ts'
import { mayBeSecret, quoted } from '../vocabulary/quoted.ts'
import { curateMe } from './curate-me/index.ts'
import { restume } from './restume/index.ts'
import type { Operation, Service, ServiceClient } from './service.ts'
import { zectre } from './zectre/index.ts'

export const services: readonly Service[] = [restume, zectre, curateMe]

/** "restume, zectre or curate-me"; made when it is said, since the first use of Intl costs half a start of Node. */
export const anyService = (): string =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(services.map(({ name }) => name))

export const findService = (name: string): Service => {
  const found = services.find((service) => service.name === name)
  if (found) return found
  const names = services.map((service) => service.name).join(', ')
  throw new Failure('usage', `${quoted(name)} is no service: those are ${names}`, {
    hint: mayBeSecret(name)
      ? 'no secret is an argument: it is read from standard input, as in keyturn login SERVICE --password-stdin < FILE'
      : 'see what each can do: keyturn services',
  })
}

/**
 * An operation of a service, or the failure that says who has it, or which credential it takes: nothing of the service
 * has been loaded by then, and nothing sent. `kind` is that of the credential in hand, where one is needed.
 */
export const operationOf = async <T>(
  service: Service,
  operation: Operation,
  half: (client: ServiceClient) => T | null,
  kind: Credential['kind'] | null = null,
): Promise<T> => {
  assertOperation(service, operation, kind)
  const found = half(await service.client())
  if (found === null) throw unsupported(service, operation)
  return found
}

/** The same question alone. */
export const assertOperation = (
  service: Service,
  operation: Operation,
  kind: Credential['kind'] | null = null,
): void => {
  const means = service.operations[operation]
  if (means === null) throw unsupported(service, operation)
  if (means.needs === 'session' && kind === 'api_key') {
    throw new Failure(
      'sign_in_needed',
      `${service.title} wants a session to ${WORDS[operation]}, and this is an API key`,
      { hint: `sign in for one: keyturn login ${service.name} --password` },
    )
  }
}

const unsupported = (service: Service, operation: Operation): Failure => {
  const others = services.filter(({ operations }) => operations[operation] !== null).map(({ name }) => name)
  const where = others.length === 0 ? 'no service has it' : `it is there with ${others.join(', ')}`
  return new Failure('unsupported', `${service.title} documents no way to ${WORDS[operation]}`, {
    hint: `${where}; what each can do: keyturn services`,
  })
}

const WORDS: Record<Operation, string> = {
  'sign-up': 'make an account',
  'browser-sign-in': 'sign in through the browser',
  'password-sign-in': 'sign in with a password',
  'google-sign-in': 'sign in with Google',
  'verify-email': 'verify an email address',
  'resend-verification': 'send a verification code again',
  'forgot-password': 'recover a password',
  'reset-password': 'reset a password',
  refresh: 'renew a session',
  'sign-out': 'end a session',
  account: 'show the account',
  'unlink-google': 'unlink Google',
  'create-key': 'make a key',
  'list-keys': 'list keys',
  'revoke-key': 'revoke a key',
}
