import { html } from 'hono/html'
import { instant } from '../../server/instant.ts'
import { checkPhrase } from '../../vocabulary/check-phrase.ts'
import { CODE_LIFE, keyName, type SignIn, type SignInState } from './server-sign-ins.ts'

export type Markup = ReturnType<typeof html>

export const STYLESHEET = '/auth/cli.css'
export const FORM = '/auth/cli'

const frame = (title: string, content: Markup): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · zectre</title>
<link rel="stylesheet" href="${STYLESHEET}">
</head>
<body>
<main>
<p class="brand"><strong>zectre</strong> reference server</p>
${content}
</main>
</body>
</html>
`

/** In UTC: the page can't know the reader's time zone without a script. */
const timeOfDay = (milliseconds: number): string => instant(milliseconds).slice(11, 16)

const ago = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} seconds ago`
  return seconds < 120 ? '1 minute ago' : `${Math.floor(seconds / 60)} minutes ago`
}

const place = (address: string): string => {
  const plain = address.replace(/^::ffff:/, '')
  if (plain === '') return ''
  return plain === '::1' || plain.startsWith('127.') ? `, from this computer (${plain})` : `, from ${plain}`
}

export interface ApprovalView {
  signIn: SignIn
  code: string
  formToken: string
  now: number
  /** Kept when the form comes back. */
  email: string
  error: string | null
}

/** The one question: is this yours? A stranger can send a person this link (RFC 8628, 5.4), so it asks before it takes. */
export const approvalPage = ({ signIn, code, formToken, now, email, error }: ApprovalView): Markup =>
  frame(
    error === null ? 'Approve a sign-in' : 'Try again',
    html`<h1>A command line wants to sign in as you</h1>
<dl>
<dt>It calls itself</dt>
<dd>${deviceName(signIn)}</dd>
<dt>It asked</dt>
<dd>${ago(now - signIn.startedAt)}${place(signIn.from)}<br><span class="note">at ${timeOfDay(signIn.startedAt)}, and waits until ${timeOfDay(signIn.startedAt + CODE_LIFE)} UTC</span></dd>
<dt>It would get</dt>
<dd>an API key for everything in your account (scopes <code>*</code>), valid until you revoke it, named <bdi>“${keyName(signIn, now)}”</bdi></dd>
</dl>
<section class="check" aria-labelledby="check">
<h2 id="check">Does your terminal show the same two words?</h2>
<p class="phrase">${checkPhrase(code)}</p>
<p class="note">If it shows others, or you did not start this, deny.</p>
</section>
<form method="post" action="${FORM}">
${alert(error)}
<input type="hidden" name="code" value="${code}">
<input type="hidden" name="form_token" value="${formToken}">
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="username" required maxlength="254" value="${email}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${invalid(error)}>
<div class="buttons">
<button class="approve" name="decision" value="approve">Approve</button>
<button class="deny" name="decision" value="deny" formnovalidate>Deny</button>
</div>
<p class="note">Denying needs no password.</p>
</form>`,
  )

const deviceName = (signIn: SignIn): Markup =>
  signIn.deviceName === null
    ? html`nothing: it gave no name`
    : html`<bdi class="device">${signIn.deviceName}</bdi><br><span class="note">it says so itself; nobody has checked it</span>`

const alert = (error: string | null): Markup =>
  error === null ? html`` : html`<p class="alert" role="alert" id="error">${error}</p>`

/** Brings the reader back to the field that was wrong, and has a screen reader say why. */
const invalid = (error: string | null): Markup =>
  error === null ? html`` : html` aria-invalid="true" aria-describedby="error" autofocus`

const notice = (title: string, content: Markup): Markup => frame(title, html`<h1>${title}</h1>${content}`)

export const approvedPage = (email: string, name: string): Markup =>
  notice(
    'Approved',
    html`<p>The command line is signed in as <strong>${email}</strong>, with the key <bdi>“${name}”</bdi>. You can close this page and go back to your terminal.</p>
<p class="note">To undo it, run <code>keyturn logout</code> there: it ends the key as well.</p>`,
  )

export const deniedPage = (): Markup =>
  notice(
    'Denied',
    html`<p>The command line is told, and gets nothing. You can close this page.</p>
<p class="note">If you did not start this sign-in, somebody else did and sent you its link. They learned nothing from you.</p>`,
  )

/** Every state in which there is nothing left to decide. */
export const settledPage = (state: Exclude<SignInState, 'pending'>): Markup => {
  const again = html`<p>To start again, run <code>keyturn login zectre</code> in your terminal, and open the link that it shows.</p>`
  switch (state) {
    case 'unknown':
      return notice(
        'No such sign-in',
        html`<p>This link belongs to no sign-in. It may be incomplete, or old, or the server was restarted.</p>${again}`,
      )
    case 'ended':
      return notice('This sign-in has ended', html`<p>It waited ten minutes for an answer.</p>${again}`)
    case 'denied':
      return notice('This sign-in was denied', html`<p>Nothing was given out.</p>${again}`)
    case 'completed':
      return notice(
        'Already used',
        html`<p>This sign-in was approved before, and a link is good for one approval.</p>
<p>If it was not you who approved it, run <code>keyturn status</code> to see as whom your terminal is signed in, and <code>keyturn logout</code> to end that.</p>`,
      )
  }
}

export const refusedPage = (message: string): Markup =>
  notice('That did not work', html`<p>The server refused this request: ${message}.</p>`)
