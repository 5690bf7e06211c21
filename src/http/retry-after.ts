/**
 * How long an answer asks to be left alone (RFC 9110 §10.2.3: seconds, or a date, which is read against the answer's
 * own `Date`), in milliseconds; `null` when it does not say or says it unreadably.
 */
export const retryAfter = (headers: Record<string, string>, now: number): number | null => {
  const asked = headers['retry-after']?.trim()
  if (asked === undefined || asked === '') return null
  if (/^\d+(\.\d+)?$/.test(asked)) return Number(asked) * 1000
  const until = Date.parse(asked)
  if (Number.isNaN(until)) return null
  return Math.max(0, until - (serviceTime(headers) ?? now))
}

/** What the service's clock said when it answered. */
export const serviceTime = (headers: Record<string, string>): number | null => {
  const time = Date.parse(headers.date ?? '')
  return Number.isNaN(time) ? null : time
}
