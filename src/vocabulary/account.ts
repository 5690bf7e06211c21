import { clean } from './clean.ts'
import type { JsonObject } from './json.ts'

/** Who a credential belongs to: the five names every service shares, and behind them all that the service sent. */
export interface Account extends JsonObject {
  id: string | null
  username: string | null
  email: string | null
  name: string | null
  created_at: string | null
}

/** The name a person would recognise an account by, fit to be shown on one line; `null` when it has none. */
export const accountLabel = (account: Partial<Record<(typeof NAMES)[number], unknown>> | null): string | null => {
  for (const field of NAMES) {
    const name = account?.[field]
    const shown = typeof name === 'string' ? clean(name, LONGEST_EMAIL) : ''
    if (shown !== '') return shown
  }
  return null
}

const NAMES = ['email', 'username', 'name', 'id'] as const
/** RFC 5321, 4.5.3.1: 64 before the @ and 255 after it. */
const LONGEST_EMAIL = 320
