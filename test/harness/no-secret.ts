import { expect } from 'vitest'
import { findSecret } from './find-secret.ts'

export { findSecret, forms, unbroken } from './find-secret.ts'

/** Fails when the secret stands in anything of it that is text: both streams of a program, a screen, a file. */
export const expectNoSecret = (texts: object | string, secret: string): void => {
  const parts = typeof texts === 'string' ? { text: texts } : texts
  for (const [name, text] of Object.entries(parts)) {
    if (typeof text === 'string') expect(findSecret(text, secret), `the secret in ${name}:\n${text}`).toEqual([])
  }
}
