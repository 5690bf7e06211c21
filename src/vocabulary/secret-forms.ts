/** Every way in which an answer or a program may well write a secret so that it can still be read out of it. */
export const secretForms = (secret: string): string[] => {
  const bytes = Buffer.from(secret)
  const hex = bytes.toString('hex')
  const forms = [secret, encodeURIComponent(secret), hex, hex.toUpperCase()]
  // Within a longer Base64 text a secret looks different at each of three offsets. The characters at its edges depend on
  // its neighbours; those in between are the same wherever it stands.
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url')
    const inner = encoded.slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + bytes.length) * 8) / 6))
    forms.push(inner, inner.replaceAll('-', '+').replaceAll('_', '/'))
  }
  return [...new Set(forms)].filter((form) => form !== '')
}
