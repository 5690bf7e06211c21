import { Transform } from 'node:stream'
import type { Secret } from '../vocabulary/secret.ts'
import { secretForms } from '../vocabulary/secret-forms.ts'

const STRUCK_OUT = '[redacted]'

/**
 * Strikes a secret out of what passes. An end that may be the beginning of the secret waits for what comes next, so it is
 * found however it was cut; what is not text passes unharmed.
 */
export const createRedactor = (secret: Secret): Transform => {
  const forms = secretForms(secret.reveal())
  const anyForm = new RegExp(forms.map((form) => form.replace(/[^\w]/g, '\\$&')).join('|'), 'g')
  const longest = Math.max(...forms.map(({ length }) => length)) - 1
  // One character a byte, so that nothing is lost of a character that was cut in two.
  let held = ''

  const beginning = (text: string): number => {
    for (let length = Math.min(longest, text.length); length > 0; length--) {
      const end = text.slice(-length)
      if (forms.some((form) => form.startsWith(end))) return length
    }
    return 0
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = (held + chunk.toString('latin1')).replace(anyForm, STRUCK_OUT)
      const kept = text.length - beginning(text)
      held = text.slice(kept)
      done(null, Buffer.from(text.slice(0, kept), 'latin1'))
    },
    flush(done) {
      done(null, Buffer.from(held, 'latin1'))
    },
  })
}
