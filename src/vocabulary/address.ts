import { clean, isClean } from './clean.ts'
import { Failure } from './failure.ts'
import { quoted } from './quoted.ts'

const LOOPBACK_NAMES = ['localhost', '[::1]']

export const isLoopback = (url: URL): boolean =>
  LOOPBACK_NAMES.includes(url.hostname) ||
  url.hostname.endsWith('.localhost') ||
  /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(url.hostname)

/** Why an address must not be called or shown as a link; `null` when it may. */
export const addressFault = (text: string): string | null => {
  // Before parsing: the URL standard drops tabs and line ends in silence.
  if (!isClean(text) || /[\s\\]/.test(text)) return 'it has control characters or blanks in it'
  if (text.length > 2048) return 'it is too long'
  if (!URL.canParse(text)) return 'it is not a URL'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `it is not an http(s) address`
  if (url.username !== '' || url.password !== '' || /^[A-Za-z]+:\/*[^/?#]*@/.test(text)) return 'it carries a user name'
  if (url.protocol === 'http:' && !isLoopback(url)) return 'plain http is used only with this machine itself (loopback)'
  return null
}

/** A refused address, for the message that says so: nobody's user name and password, nor what may stand behind the host. */
export const shownAddress = (text: string): string =>
  URL.canParse(text) ? `"${clean(new URL(text).origin)}"` : quoted(text)

/** The address of a service as a person or a script gives it: checked, without a slash at its end. */
export const serviceAddress = (text: string): URL => {
  const fault = addressFault(text)
  if (fault !== null) {
    throw new Failure('usage', `${shownAddress(text)} can't be the address of a service: ${fault}`, {
      hint: 'give an https:// address, or http:// for a server on this machine: --url https://api.example.com',
    })
  }
  const url = new URL(text)
  url.search = ''
  url.hash = ''
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

/** The one way an address is written down and compared. */
export const addressText = (url: URL): string => url.href.replace(/\/+$/, '')
