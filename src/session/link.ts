import { addressFault, isLoopback } from '../vocabulary/address.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'

/**
 * The address that a service wants opened in a browser, judged: on the service's own host (the dashboard is another
 * port of it; "localhost" and 127.0.0.1 are one host), with nothing in it that a browser, a shell or a terminal could
 * take for something else. What does not pass is not shown as a link.
 */
export const judgeLink = (link: string, service: URL): string => {
  const fault = addressFault(link) ?? (sameHost(new URL(link), service) ? null : foreign(new URL(link), service))
  if (fault === null) return new URL(link).href
  throw new Failure('bad_answer', `${service.origin} asked to open an address that keyturn does not open: ${fault}`, {
    hint: 'sign in without a page instead: keyturn login --in-terminal, and tell who runs the service',
  })
}

const sameHost = (link: URL, service: URL): boolean =>
  (link.hostname === service.hostname && (link.protocol === service.protocol || link.protocol === 'https:')) ||
  (isLoopback(link) && isLoopback(service))

const foreign = (link: URL, service: URL): string =>
  `it is on "${clean(link.hostname, 80)}", not on "${service.hostname}"`
