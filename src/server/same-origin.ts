import { Refusal } from './refusal.ts'

/**
 * Refuses a form that a page of another origin had the browser send, another port of this machine included. A page with
 * such a form has `Referrer-Policy: same-origin`: it tells no other origin anything, and its own form comes with its
 * origin, whereas under `no-referrer` it would come with `Origin: null` (Fetch, "append a request Origin header") and a
 * browser without `Sec-Fetch-Site` (Safari before 16.4) would be refused. A `null` that somebody's settings made is taken
 * when `Sec-Fetch-Site`, which a page can't forge, says `same-origin`. A client that is no browser sends neither.
 */
export const requireSameOrigin = (request: Request): void => {
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  const siteFits = site === null || site === 'same-origin'
  const originFits = origin === null || origin === new URL(request.url).origin || (origin === 'null' && site !== null)
  if (!siteFits || !originFits) throw new Refusal(403, 'FORBIDDEN', 'the form was sent by a page from elsewhere')
}
