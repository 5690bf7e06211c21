import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Home } from '../harness/home.ts'

/** Settings that know a profile of each service there, whose secret is in the keychain; the first is the current one. */
export const settle = (home: Home, urls: Record<string, string>): void => {
  const profile = (service: string) => ({ service, url: urls[service], store: 'keychain', user: null, created_at: '' })
  const profiles = Object.fromEntries(Object.keys(urls).map((service) => [service, profile(service)]))
  const settings = { version: 1, current: Object.keys(urls)[0], consents: { file_store: false }, profiles }
  mkdirSync(home.config, { recursive: true, mode: 0o700 })
  writeFileSync(join(home.config, 'settings.json'), JSON.stringify(settings), { mode: 0o600 })
}
