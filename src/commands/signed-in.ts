import type { Answer, App } from '../app.ts'
import type { Ending } from '../session/end.ts'
import type { Kept } from '../session/keep.ts'
import { standingOf } from '../session/standing.ts'
import type { Target } from '../session/target.ts'
import { accountLabel } from '../vocabulary/account.ts'
import { clean } from '../vocabulary/clean.ts'

/** Says who is signed in now, where the key is, what became of the one before, and how to undo it. */
export const signedIn = (app: App, target: Target, kept: Kept): Answer => {
  const { say, style } = app.terminal
  const { green, bold, yellow } = style.err
  const { service, profile, store } = target
  const who = kept.account === null ? '' : ` as ${bold(accountLabel(kept.account) ?? 'somebody without a name')}`
  say(`${green('✓')} signed in to ${service.title}${who}`)
  say(`  the credential is kept in ${store.where}, profile "${profile}"`)
  for (const warning of warnings(kept)) say(yellow(`  ${warning}`))
  if (kept.replaced?.ended) {
    const { what, end } = REPLACED[kept.replaced.kind]
    say(`  ${what} is ${end}${named(kept.replaced)}`)
  }
  say(`  to undo this: keyturn logout --profile ${profile}`)
  return { json: standingOf(target, store.name, kept.credential, kept.account), human: null, quiet: null }
}

const warnings = ({ before, replaced, notes }: Kept): string[] => {
  const said = [...notes]
  if (before !== null) {
    const who = accountLabel(before) ?? 'somebody else'
    said.push(`this profile was ${who} before: it is another person now`)
  }
  if (replaced !== null && !replaced.ended) {
    said.push(`${REPLACED[replaced.kind].what} is still alive${named(replaced)}: ${clean(replaced.reason ?? '')}`)
  }
  return said
}

const REPLACED = {
  session: { what: 'the session that this one replaces', end: 'ended' },
  api_key: { what: 'the key that this one replaces', end: 'revoked' },
}

const named = ({ key }: Ending): string => (key === null ? '' : `: ${clean(key.name ?? key.prefix ?? key.id, 80)}`)
