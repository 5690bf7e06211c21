import { assertDone } from '../http/judge.ts'
import type { WireAnswer } from '../http/transport.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import type { InForce } from './in-force.ts'
import { openSession } from './renew.ts'

interface HandCall {
  method: string
  /** A path, or a whole address of the profile's own service. */
  path: string
  /** As it is; what it is must be said in the headers if it is not JSON. */
  body: string | null
  headers: Record<string, string>
}

/** Any call to the service, signed as its own calls are; the credential goes to the service's own addresses alone. */
export const callByHand = async (context: SessionContext, call: HandCall): Promise<WireAnswer> => {
  const { inForce, http } = await openSession(context)
  const path = ownPath(call.path, inForce)
  const admin = inForce.service.isAdminPath(path)
  const org = admin && http.org !== null ? { 'x-org-id': http.org } : {}
  const operation = `${call.method} ${path}`
  const body = call.body === null ? {} : { raw: Buffer.from(call.body) }
  const answer = await http.send({ operation, ...body, headers: { ...org, ...call.headers }, admin })
  assertDone(answer, operation)
  return answer
}

const ownPath = (given: string, { base, adminBase, service }: InForce): string => {
  if (/^\/(?![/\\])/.test(given) && !/[\s\\]/.test(given)) return given
  if (URL.canParse(given)) {
    const url = new URL(given)
    const own = [base, adminBase].some((address) => address !== null && address.origin === url.origin)
    if (own && url.username === '' && url.password === '') return url.pathname + url.search
    throw new Failure('usage', `"${url.origin}" is not the address of this profile: the credential goes nowhere else`, {
      hint: `give a path of ${service.title}, such as /v1/me/profile`,
    })
  }
  throw new Failure('usage', 'that is no path', {
    hint: 'give one that begins with a slash: keyturn api GET /v1/me/profile',
  })
}
