import type { Http } from '../http/http.ts'
import type { SignedIn, SignedUp } from '../services/service.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import { type Kept, keep } from './keep.ts'
import type { Target } from './target.ts'

/** Signs in with one call that answers with a session, and keeps it with what the answer told of the service's clock. */
export const signInForSession = async (
  context: SessionContext,
  target: Target,
  call: (http: Http) => Promise<SignedIn | SignedUp>,
): Promise<Kept> => {
  const http = context.connect(target, null)
  const { session, account } = await call(http)
  if (session === null) throw new Failure('bad_answer', `${target.service.title} answered without a session`)
  return keep(context, target, { ...session, clockOffset: http.clockOffset() }, account)
}
