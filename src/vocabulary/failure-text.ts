import { clean } from './clean.ts'
import type { Failure } from './failure.ts'

/** What is told of a failure: to a program as one line of JSON, to a person with what to do about it. */
export const failureText = ({ code, message, status, hint, requestId }: Failure, asJson: boolean): string => {
  const shown = { message: clean(message, 2000), hint: hint && clean(hint, 2000) }
  if (asJson) {
    return `${JSON.stringify({ error: { code, message: shown.message, status, hint: shown.hint, request_id: requestId } })}\n`
  }
  return `keyturn: ${shown.message}\n${shown.hint === null ? '' : `  ${shown.hint}\n`}`
}
