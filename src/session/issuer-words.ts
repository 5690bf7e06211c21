/** What goes wrong at an OpenID provider, in the words of the house. */
import * as oauth from 'oauth4webapi'
import { clean } from '../vocabulary/clean.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'

export const START_AGAIN = 'start again: keyturn login --google'
const CHECK_CLIENT = 'check --google-client-id, and KEYTURN_GOOGLE_CLIENT_SECRET where the client has a secret'
const CLIENT_ERRORS = ['invalid_client', 'unauthorized_client']

/** A network or a provider that fails for a moment ends nothing while the code lives. */
export const passes = (error: unknown, signal: AbortSignal): boolean => {
  if (signal.aborted) return false
  if (isFailure(error, 'unreachable', 'timed_out')) return true
  if (error instanceof DOMException && error.name === 'TimeoutError') return true
  const status = error instanceof oauth.ResponseBodyError ? error.status : statusOf(error)
  return status !== null && (status >= 500 || status === 429)
}

const statusOf = (error: unknown): number | null =>
  error instanceof oauth.OperationProcessingError && error.cause instanceof Response ? error.cause.status : null

/** What the protocol's library throws, as a failure that names who said what. */
export const told = async <T>(issuer: URL, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw inOurWords(error, issuer)
  }
}

const inOurWords = (error: unknown, { origin: who }: URL): unknown => {
  if (isFailure(error)) return error
  const status = error instanceof oauth.ResponseBodyError ? error.status : statusOf(error)
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    if (error.error === 'access_denied') {
      return new Failure('sign_in_denied', 'the sign-in was turned down in the browser', { hint: START_AGAIN })
    }
    if (error.error === 'expired_token') {
      return new Failure('sign_in_expired', 'the code ended before it was typed', { hint: START_AGAIN })
    }
    const said = clean(`${error.error}${error.error_description ? `: ${error.error_description}` : ''}`)
    if (status === 429) {
      return new Failure('rate_limited', `${who} wants to be asked more slowly: ${said}`, { status, cause: error })
    }
    const hint = CLIENT_ERRORS.includes(error.error) ? { hint: CHECK_CLIENT } : {}
    return new Failure('refused', `${who} refused the sign-in: ${said}`, { ...hint, cause: error })
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    return new Failure('refused', `${who} does not accept the client`, { hint: CHECK_CLIENT, cause: error })
  }
  if (status !== null && status >= 500) {
    return new Failure('service_error', `${who} has failed; try again later (${status})`, { status, cause: error })
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new Failure('timed_out', `${who} gave no whole answer in time`, { hint: 'try again', cause: error })
  }
  if (
    error instanceof oauth.OperationProcessingError ||
    error instanceof oauth.UnsupportedOperationError ||
    (error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_URL')
  ) {
    return new Failure('bad_answer', `${who} answered in a way that can't be trusted: ${clean(error.message)}`, {
      cause: error,
    })
  }
  return error
}
