const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Each with the time from which on it is the one to count in. */
const UNITS = [
  { unit: 'year', length: 365 * DAY, from: 2 * 365 * DAY },
  { unit: 'month', length: 30 * DAY, from: 100 * DAY },
  { unit: 'day', length: DAY, from: DAY },
  { unit: 'hour', length: HOUR, from: HOUR },
  { unit: 'minute', length: MINUTE, from: MINUTE },
]

/** "3 days ago", "in 2 hours": what a person reads a time as. What is no time stays as it is. */
export const relativeTime = (time: string, now: number): string => {
  const away = Date.parse(time) - now
  if (Number.isNaN(away)) return time
  const found = UNITS.find(({ from }) => Math.abs(away) >= from)
  if (found === undefined) return away > 0 ? 'in less than a minute' : 'just now'
  const count = Math.round(Math.abs(away) / found.length)
  const amount = `${count} ${found.unit}${count === 1 ? '' : 's'}`
  return away > 0 ? `in ${amount}` : `${amount} ago`
}
