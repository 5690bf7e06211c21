import type { Answer, App } from '../app.ts'
import type { Kept } from '../session/keep.ts'
import { endingWords } from '../session/outgoing.ts'
import { standingOf } from '../session/standing.ts'
import type { Target } from '../session/target.ts'
import { accountLabel } from '../vocabulary/account.ts'
import { whatNext } from './what-next.ts'

/** Says who is signed in now, where the key is, what became of the one before, how to undo it, and what to type next. */
export const signedIn = (app: App, target: Target, kept: Kept): Answer => {
  const { say, style } = app.terminal
  const { green, bold, yellow } = style.err
  const { service, profile, store } = target
  const who = kept.account === null ? '' : ` as ${bold(accountLabel(kept.account) ?? 'somebody without a name')}`
  say(`${green('✓')} signed in to ${service.title}${who}`)
  say(`  the credential is kept in ${store.where}, profile "${profile}"`)
  for (const warning of warnings(kept)) say(yellow(`  ${warning}`))
  for (const ending of kept.replaced.filter(({ ended }) => ended)) say(`  ${endingWords(ending)}`)
  say(`  to undo this: keyturn logout --profile ${profile}`)
  say(`  next: ${whatNext(service, kept.credential.kind).join(', ')}`)
  return { json: standingOf(target, store.name, kept.credential, kept.account), human: null, quiet: null }
}

const warnings = ({ before, replaced, notes }: Kept): string[] => {
  const said = [...notes]
  if (before !== null) {
    const who = accountLabel(before) ?? 'somebody else'
    said.push(`this profile was ${who} before: it is another person now`)
  }
  return [...said, ...replaced.filter(({ ended }) => !ended).map(endingWords)]
}
