import { html } from 'hono/html'
import { FORM, frame, hiddenFields, type Markup, named } from './page.ts'
import type { SignInState } from './server-sign-ins.ts'

const MARKS = { check: 'M4 12.5l5.5 5.5L20 6.5', cross: 'M6 6l12 12M18 6L6 18', note: 'M12 5v8.5M12 18.5v.01' } as const

const notice = (mark: keyof typeof MARKS, tone: 'good' | 'bad' | 'calm', title: string, content: Markup): Markup =>
  frame(
    title,
    html`<svg class="mark ${tone}" viewBox="0 0 24 24" aria-hidden="true"><path d="${MARKS[mark]}"/></svg>
<h1>${title}</h1>
${content}`,
  )

const startAgain = html`<p>To start again, run <code>keyturn login zectre</code> in your terminal, and open the link that it shows.</p>`

export const approvedPage = (email: string, key: { name: string; prefix: string }): Markup =>
  notice(
    'check',
    'good',
    'Approved',
    html`<p>The command line is signed in as <strong>${email}</strong>. You can close this page and go back to your terminal.</p>
<section class="undo" aria-labelledby="undo">
<h2 id="undo">If you want to undo it</h2>
<dl>
<dt>In that terminal</dt>
<dd><code>keyturn logout</code></dd>
<dt>Anywhere else</dt>
<dd><code>keyturn keys revoke ${key.prefix}</code></dd>
</dl>
<p class="note">Both end its key, ${named(key.name)}.</p>
</section>`,
  )

export const deniedPage = (): Markup =>
  notice(
    'cross',
    'calm',
    'Denied',
    html`<p>The command line gets nothing, and is told so. You can close this page.</p>
<p class="note">If you did not start this sign-in, somebody else did and got you to open its link. They have learned nothing from you.</p>`,
  )

/** Every state in which there is nothing left to decide, for who was not the one to decide it. */
export const settledPage = (state: Exclude<SignInState, 'pending'>): Markup => {
  switch (state) {
    case 'unknown':
      return notice(
        'note',
        'calm',
        'No such sign-in',
        html`<p>This link belongs to no sign-in. It may be incomplete or old, or the server was restarted.</p>${startAgain}`,
      )
    case 'ended':
      return notice(
        'note',
        'calm',
        'This sign-in has ended',
        html`<p>It waited ten minutes for an answer, and nothing was approved.</p>${startAgain}`,
      )
    case 'denied':
      return notice(
        'cross',
        'calm',
        'Already denied',
        html`<p>The command line got nothing from this sign-in.</p>${startAgain}`,
      )
    case 'completed':
      return notice(
        'note',
        'calm',
        'Already used',
        html`<p>This sign-in was approved before, and a link is good for one approval. If that was you, all is done: you can close this page.</p>
<p class="note">If it was not you, run <code>keyturn status</code> to see as whom your terminal is signed in, and <code>keyturn logout</code> to end that.</p>`,
      )
  }
}

/** After too many wrong passwords: there is nothing to type for a while, but a way to deny, and a way back. */
export const lockedPage = (form: { code: string; formToken: string }, seconds: number): Markup =>
  notice(
    'note',
    'bad',
    'Too many wrong passwords',
    html`<p>Nothing was approved. Another password is taken for this address in ${duration(seconds)}: <a href="${FORM}?code=${encodeURIComponent(form.code)}">go back and try again</a> then.</p>
<form method="post" action="${FORM}">
${hiddenFields(form)}
<p>If you did not start this sign-in, deny it. That needs no password.</p>
<button class="deny" name="decision" value="deny">Deny</button>
</form>`,
  )

const duration = (seconds: number): string => {
  if (seconds < 60) return seconds === 1 ? '1 second' : `${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}

export const refusedPage = (message: string): Markup =>
  notice(
    'note',
    'bad',
    'That did not work',
    html`<p>The server refused this request: ${message}.</p><p class="note">Open the link from your terminal again, or start anew with <code>keyturn login zectre</code>.</p>`,
  )

/** What went wrong is the server's own business, and so is not told; whether it happened too late, nobody knows. */
export const mistakePage = (): Markup =>
  notice(
    'note',
    'bad',
    'The server made a mistake',
    html`<p>It is not your doing. Look at your terminal: if it still waits, open its link and try again.</p>${startAgain}`,
  )
