import { isIPv6 } from 'node:net'

/**
 * Who an address stands for where requests are counted: an IPv4 address one caller, of an IPv6 address its first 64 bits,
 * since whoever has one of those has all of them (RFC 6177). From the socket only: a header is anybody's word.
 */
export const networkOf = (address: string): string => {
  const plain = address.replace(/^::ffff:(?=.*\.)/i, '').replace(/%.*$/, '')
  if (!isIPv6(plain)) return plain
  const [before = [], after = []] = plain.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`
}
