/** What each service can do: one source for `keyturn services` and for docs/services.md. */
import { services as all } from './registry.ts'
import { OPERATIONS, type Operation, type Service } from './service.ts'

/** The operations that a service has, in the order of the table. */
export const operationsOf = (service: Service): Operation[] =>
  OPERATIONS.filter((operation) => service.operations[operation] !== null)

const cell = (service: Service, operation: Operation): string => {
  const means = service.operations[operation]
  if (means === null) return '–'
  const calls = means.calls.map((call) => `\`${call}\``).join('<br>')
  return means.needs === 'session' ? `${calls}<br>needs a session` : calls
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`

const address = ({ url, adminUrl }: Service): string =>
  adminUrl === null ? `\`${url}\`` : `\`${url}\`<br>B2B: \`${adminUrl}\``

/** What a person types for each. */
const TYPED: Record<Operation, string> = {
  'sign-up': '`keyturn signup`',
  'browser-sign-in': '`keyturn login`, in the browser',
  'password-sign-in': '`keyturn login --password`',
  'google-sign-in': '`keyturn login --google`',
  'verify-email': '`keyturn verify-email`',
  'resend-verification': '`keyturn verify-email --resend`',
  'forgot-password': '`keyturn password forgot`',
  'reset-password': '`keyturn password reset`',
  refresh: '`keyturn refresh`',
  'sign-out': '`keyturn logout`, of a session',
  account: '`keyturn account show`',
  'unlink-google': '`keyturn google unlink`',
  'create-key': '`keyturn keys create`',
  'list-keys': '`keyturn keys list`',
  'revoke-key': '`keyturn keys revoke`',
}

const has = ({ operations }: Service, operation: Operation): string => {
  const means = operations[operation]
  return means === null ? '–' : (means.needs ?? 'yes')
}

/** The part of README.md between its two marks: who can do what, by what is typed for it. */
export const servicesSummary = (services: readonly Service[] = all): string =>
  [
    row(['', ...services.map(({ name }) => `\`${name}\``)]),
    row(['---', ...services.map(() => '---')]),
    ...OPERATIONS.map((operation) => row([TYPED[operation], ...services.map((service) => has(service, operation))])),
  ].join('')

/** docs/services.md, whole. */
export const servicesPage = (services: readonly Service[] = all): string =>
  [
    '# What each service can do\n\n',
    '<!-- made by `npm run docs` from src/services/*/index.ts; a test fails when the two differ -->\n\n',
    '`–`: the service documents no way to do it, and keyturn says so before it sends anything (exit code 3). “Needs a\n',
    'session”: an API key will not do, and is refused before anything is sent. `keyturn services` prints the same table.\n\n',
    row(['', ...services.map(({ title }) => title)]),
    row(['---', ...services.map(() => '---')]),
    row(['on the command line', ...services.map(({ name }) => `\`${name}\``)]),
    row(['address', ...services.map(address)]),
    row(['documentation', ...services.map(({ documentation }) => documentation)]),
    row(['keys begin with', ...services.map(({ keyPrefix }) => `\`${keyPrefix}\``)]),
    row(['signed in to by', ...services.map(({ signInName }) => signInName)]),
    ...OPERATIONS.map((operation) => row([`\`${operation}\``, ...services.map((service) => cell(service, operation))])),
  ].join('')
