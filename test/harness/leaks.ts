import type { Entries, KnownSecret, Trace } from './ledger.ts'
import { forms, unbroken } from './no-secret.ts'

export interface Leak extends Pick<Trace, 'place' | 'where' | 'test'>, Pick<KnownSecret, 'kind' | 'secret'> {
  /** In words: "as it is", "in Base64". */
  form: string
}

/** Shorter ones would be found by accident. */
export const SHORTEST = 8

/** Every secret in every trace, but for those that stand where a test means them to. */
export const findLeaks = ({ secrets, traces, meant }: Entries): Leak[] => {
  const known = new Map<string, KnownSecret>()
  for (const each of secrets) if (known.get(each.secret)?.origin !== 'canary') known.set(each.secret, each)
  const search = searchFor([...known.values()])
  const places = new Set<string>()
  for (const each of meant) {
    // A server that was started for all tests of a file belongs to none of them.
    for (const test of [each.test, fileOf(each.test)])
      places.add(key(each.meant, each.place, test, each.learned === true))
  }
  const leaks = new Map<string, Leak>()
  for (const { place, where, test, text } of traces) {
    for (const { form, secret, kind, origin } of search(text)) {
      const isExpected =
        places.has(key(secret, place, test, false)) ||
        (origin === 'learned' && places.has(key(secret, place, test, true))) ||
        // A store is for what one signs in with, not for passwords.
        (place === 'store' && kind !== 'password')
      if (!isExpected) leaks.set(key(secret, place, where, test), { form, secret, kind, place, where, test })
    }
  }
  return [...leaks.values()]
}

/** `test/a.test.ts > name of the test`: the name is empty outside of one. */
const fileOf = (test: string): string => test.slice(0, test.indexOf(' > ') + 3)

const key = (...parts: (string | boolean)[]): string => JSON.stringify(parts)

interface Form extends KnownSecret {
  form: string
  text: string
}

/**
 * Looks for all forms of all secrets in one walk over a text, so that the time depends on the text and not on how many
 * there are: by how each ends, since many begin alike.
 */
const searchFor = (secrets: KnownSecret[]): ((text: string) => Form[]) => {
  const byEnding = new Map<string, Form[]>()
  /** The last two characters nearly always settle it. */
  const isEnding = new Uint8Array(0x10000)
  for (const each of secrets) {
    for (const [form, shown] of forms(each.secret)) {
      const text = unbroken(shown)
      const ending = text.slice(-SHORTEST)
      const others = byEnding.get(ending) ?? []
      // Most forms of most secrets are the same.
      if (others.some((other) => other.text === text)) continue
      byEnding.set(ending, [...others, { ...each, form, text }])
      isEnding[lastTwo(text, text.length)] = 1
    }
  }
  return (given) => {
    const text = unbroken(given)
    const found: Form[] = []
    for (let end = SHORTEST; end <= text.length; end++) {
      if (isEnding[lastTwo(text, end)] === 0) continue
      const forms = byEnding.get(text.slice(end - SHORTEST, end)) ?? []
      found.push(...forms.filter((form) => text.endsWith(form.text, end)))
    }
    return found
  }
}

const lastTwo = (text: string, end: number): number =>
  (text.charCodeAt(end - 2) * 251 + text.charCodeAt(end - 1)) & 0xffff
