import { stripVTControlCharacters } from 'node:util'

/** Every form in which a secret could stand in a text and still be read out of it. */
export const forms = (secret: string): [string, string][] => {
  const bytes = Buffer.from(secret)
  const hexadecimal = bytes.toString('hex')
  const all: [string, string][] = [
    ['as it is', secret],
    ['in a URL', encodeURIComponent(secret)],
    ['in a form', encodeURIComponent(secret).replaceAll('%20', '+')],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in hexadecimal', hexadecimal],
    ['in hexadecimal', hexadecimal.toUpperCase()],
  ]
  // Inside of a longer Base64 text it looks different at each of three offsets, and the characters at its edges
  // depend on its neighbours; those in between do not.
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url')
    const inner = encoded.slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + bytes.length) * 8) / 6))
    all.push(['in Base64', inner.replaceAll('-', '+').replaceAll('_', '/')], ['in Base64 for URLs', inner])
  }
  return all
}

/** Escapes and line ends hide nothing. */
export const unbroken = (text: string): string => stripVTControlCharacters(text).replace(/\s+/g, '')

/** Where `secret` stands in `text`, in words; an empty list when it does not. */
export const findSecret = (text: string, secret: string): string[] => {
  if (secret.length < 8) throw new Error('a secret too short: it would be found by accident')
  const joined = unbroken(text)
  const found = forms(secret).filter(([, form]) => joined.includes(unbroken(form)))
  return [...new Set(found.map(([kind]) => kind))]
}
