import { expect, test } from 'vitest'
import { whatNext } from '../../src/commands/what-next.ts'
import { findService } from '../../src/services/registry.ts'

test.each([
  ['zectre', 'api_key', ['keyturn status', 'keyturn keys list', 'keyturn keys create NAME']],
  ['restume', 'session', ['keyturn status', 'keyturn keys list', 'keyturn keys create NAME']],
  ['restume', 'api_key', ['keyturn status']],
  ['curate-me', 'session', ['keyturn status', 'keyturn keys create NAME']],
] as const)('after a sign-in to %s with %s only what it has is named', (name, kind, commands) => {
  expect(whatNext(findService(name), kind)).toEqual(commands)
})
