import { services } from '../services/registry.ts'
import { shellWord } from '../vocabulary/shell-word.ts'

/** What of the server is shown. */
interface Shown {
  addresses: Record<string, string>
  seeded: readonly { service: string; email: string; password: string; note: string | null }[]
  google: { issuer: string; clientId: string } | null
}

/** What listens where, who may sign in, and what to type first: one screen. */
export const serveScreen = ({ addresses, seeded, google }: Shown, faults: readonly string[]): string[] => {
  const names = Object.keys(addresses)
  const width = Math.max(...names.map((name) => name.length))
  const row = (name: string, text: string): string => `  ${name.padEnd(width)}  ${text}`
  const started = services.filter(({ name }) => name in addresses)
  const to = (service: string): string => `${service} --url ${addresses[service]}`

  const accounts = seeded.flatMap(({ service, email, password, note }) => [
    row(service, `${email}, password: ${password}`),
    ...(note === null ? [] : [row('', note)]),
  ])
  const first = started.map(({ name }) =>
    seeded.length > 0 ? `keyturn login ${to(name)}` : `keyturn signup ${to(name)}`,
  )
  const tokens =
    google && `--google-issuer ${shellWord(google.issuer)} --google-client-id ${shellWord(google.clientId)}`
  const takers = started.filter(({ operations }) => tokens !== null && operations['google-sign-in'] !== null)
  const withGoogle = takers.map(({ name }) => `keyturn login ${to(name)} --google ${tokens}`)
  return [
    'the reference server, for trying and testing:',
    ...names.map((name) => row(name, addresses[name] ?? '')),
    ...(accounts.length > 0
      ? ['accounts:', ...accounts]
      : ['accounts: none but those of --data; --seed makes one in each service']),
    'try:',
    ...[...first, ...withGoogle].map((line) => `  ${line}`),
    ...(faults.length > 0 ? ['goes wrong:', ...faults.map((fault) => `  ${fault}`)] : []),
    'Ctrl-C ends it; from here on, a line for each request',
  ]
}
