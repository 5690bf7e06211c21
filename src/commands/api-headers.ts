import { Failure } from '../vocabulary/failure.ts'
import { quoted } from '../vocabulary/quoted.ts'

/** What the connection says of itself; undici refuses the ones that it does not overwrite. */
const SET_BY_ITSELF = ['content-length', 'host', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect']
/** Latin-1 without its controls (RFC 9110, 5.5). */
const SENDABLE = /^[\x20-\x7e\xa0-\xff]*$/

/** `-H name:value`, each checked before anything is sent. */
export const readHeaders = (given: readonly string[]): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const text of given) {
    const at = text.indexOf(':')
    const name = text.slice(0, at).trim().toLowerCase()
    const value = text.slice(at + 1).trim()
    const give = { hint: 'give a name and a value: -H accept:application/json' }
    if (at < 1 || !/^[\w-]+$/.test(name)) throw new Failure('usage', `${quoted(text)} is no header`, give)
    if (SET_BY_ITSELF.includes(name)) {
      throw new Failure('usage', `the header ${name} can't be given: it follows from the call itself`, {
        hint: `leave -H ${name} away`,
      })
    }
    if (!SENDABLE.test(value)) {
      throw new Failure('usage', `the header ${name} can't be sent: its value has characters that no header may have`, {
        hint: `give letters, digits and signs: -H ${name}:VALUE`,
      })
    }
    headers[name] = value
  }
  return headers
}
