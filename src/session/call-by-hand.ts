import { assertDone, assertNoPage } from '../http/judge.ts'
import type { AnswerHead, Take, WireAnswer } from '../http/transport.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import type { InForce } from './in-force.ts'
import { openSession } from './open-session.ts'

interface HandCall {
  method: string
  /** A path, or a whole address of the profile's own service. */
  path: string
  /** As it is; what it is must be said in the headers if it is not JSON. */
  body: Uint8Array | null
  headers: Record<string, string>
  /** For the body of a good answer in parts; a refusal comes whole. */
  take: Take | null
  /** Told of an answer that is no good, before that is a failure. */
  refused(answer: WireAnswer, head: AnswerHead | null): void
}

/** Any call to the service, signed as its own calls are; the credential goes to the service's own addresses alone. */
export const callByHand = async (context: SessionContext, call: HandCall): Promise<WireAnswer> => {
  const { inForce, http } = await openSession(context)
  const path = ownPath(call.path, inForce)
  const admin = inForce.service.isAdminPath(path)
  const org = admin && http.org !== null ? { 'x-org-id': http.org } : {}
  const operation = `${call.method} ${path}`
  let last: AnswerHead | null = null
  const take: Take = (head) => {
    last = head
    return isGood(head) && call.take !== null ? withoutPage(call.take(head), head, operation, call.headers) : null
  }
  const body = call.body === null ? {} : { raw: call.body }
  const answer = await http.send({ operation, ...body, headers: { ...org, ...call.headers }, admin, take })
  if (!isGood(answer)) call.refused(answer, last)
  assertDone(answer, operation)
  return answer
}

const isGood = ({ status }: { status: number }): boolean => status >= 200 && status < 300

/** The sign-in page of a network is no answer, except to somebody who asked for a page. */
const withoutPage = (
  takePart: ReturnType<Take>,
  head: AnswerHead,
  operation: string,
  { accept = '' }: Record<string, string>,
): ReturnType<Take> => {
  if (takePart === null || accept.includes('html')) return takePart
  let isFirst = true
  return async (part) => {
    if (isFirst) assertNoPage({ ...head, body: Buffer.from(part.subarray(0, 512)).toString('latin1') }, operation)
    isFirst = false
    return takePart(part)
  }
}

const ownPath = (given: string, { base, adminBase, service }: InForce): string => {
  if (/^\/(?![/\\])/.test(given) && !/[\s\\]/.test(given)) return given
  const example = service.operations.account?.calls[0] ?? 'GET /'
  if (URL.canParse(given)) {
    const url = new URL(given)
    for (const address of [base, adminBase]) {
      const before = `${address?.pathname.replace(/\/+$/, '') ?? ''}/`
      const isOwn = address?.origin === url.origin && url.username === '' && url.password === ''
      if (isOwn && url.pathname.startsWith(before)) return url.pathname.slice(before.length - 1) + url.search
    }
    throw new Failure('usage', `"${url.origin}" is not the address of this profile: the credential goes nowhere else`, {
      hint: `give a path of ${service.title}, such as ${example.replace(/^\w+ /, '')}`,
    })
  }
  throw new Failure('usage', 'that is no path', {
    hint: `give one that begins with a slash: keyturn api ${example}`,
  })
}
