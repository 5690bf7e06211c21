import { html } from 'hono/html'
import { instant } from '../../server/instant.ts'
import { checkPhrase } from '../../vocabulary/check-phrase.ts'
import { CODE_LIFE, keyName, type SignIn } from './server-sign-ins.ts'

export type Markup = ReturnType<typeof html>

export const FORM = '/auth/cli'
export const STATE = '/auth/cli/state'
export const STYLESHEET = '/auth/cli.css'
export const SCRIPT = '/auth/cli.js'

export const frame = (title: string, content: Markup): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · zectre</title>
<link rel="stylesheet" href="${STYLESHEET}">
<script src="${SCRIPT}" defer></script>
</head>
<body>
<main>
<p class="brand"><strong>zectre</strong> reference server</p>
${content}
</main>
</body>
</html>
`

/** In UTC, unless a script knows the reader's time zone. */
const timeOfDay = (milliseconds: number): Markup => {
  const at = instant(milliseconds)
  return html`<time datetime="${at}">${at.slice(11, 16)} UTC</time>`
}

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

export interface Question {
  signIn: SignIn
  code: string
  formToken: string
  now: number
  millisecondsLeft: number
  /** Its terminal asked before, and has stopped. */
  isAbandoned: boolean
  /** Kept when the form comes back. */
  email: string
  error: string | null
}

/** The one question: is this yours? A stranger can send a person this link (RFC 8628, 5.4), so it asks before it takes. */
export const questionPage = (question: Question): Markup => {
  const { signIn, code, now, millisecondsLeft, isAbandoned, email, error } = question
  return frame(
    error === null ? 'Approve a sign-in' : 'Not approved yet',
    html`<h1>A command line asks to sign in as you</h1>
<p>${asker(signIn)}</p>
<p class="note">It asked ${ago(now - signIn.startedAt)}, at ${timeOfDay(signIn.startedAt)}${place(signIn.from)}.</p>
<section class="check" aria-labelledby="check">
<h2 id="check">Does your terminal show the same?</h2>
<p class="phrase">${checkPhrase(code)}</p>
<p class="note">If it shows other words, or if you did not start this, deny.</p>
</section>
<section aria-labelledby="gets">
<h2 id="gets">What it will be able to do</h2>
<dl>
<dt>Gets</dt>
<dd>a key to your account</dd>
<dt>Scopes</dt>
<dd><code>*</code> — everything that you can do</dd>
<dt>Named</dt>
<dd>${named(keyName(signIn, now))}</dd>
<dt>Until</dt>
<dd>you revoke it</dd>
</dl>
</section>
<form method="post" action="${FORM}" data-state="${STATE}" data-seconds-left="${Math.ceil(millisecondsLeft / 1000)}">
${alert(error)}
${hiddenFields(question)}
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="username" required maxlength="254" value="${email}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${invalid(error)}>
<div role="status"><p class="notice" id="abandoned"${hidden(!isAbandoned)}>Your terminal has stopped waiting. If you go on, run <code>keyturn login zectre</code> there afterwards, and it takes up this sign-in.</p></div>
<div class="buttons">
<button class="approve" name="decision" value="approve">Approve</button>
<button class="deny" name="decision" value="deny" formnovalidate>Deny</button>
</div>
<p class="note">Denying needs no password. Open until ${timeOfDay(signIn.startedAt + CODE_LIFE)}<span id="left" role="timer"></span>.</p>
</form>`,
  )
}

/** The name of a key ends with the day, which is not broken in two. */
export const named = (name: string): Markup =>
  html`<bdi>${name.slice(0, -10)}<span class="day">${name.slice(-10)}</span></bdi>`

/** What ties a form to its sign-in, and proves that it came from here. */
export const hiddenFields = ({ code, formToken }: { code: string; formToken: string }): Markup =>
  html`<input type="hidden" name="code" value="${code}"><input type="hidden" name="form_token" value="${formToken}">`

const asker = ({ deviceName }: SignIn): Markup =>
  deviceName === null
    ? html`It gave no name.`
    : html`It is named <bdi class="device">${deviceName}</bdi> — it says so itself, and nobody has checked.`

const hidden = (isHidden: boolean): Markup => (isHidden ? html` hidden` : html``)

const alert = (error: string | null): Markup =>
  error === null ? html`` : html`<p class="alert" role="alert" id="error">${error}</p>`

/** Brings the reader back to the field that was wrong, and has a screen reader say why. */
const invalid = (error: string | null): Markup =>
  error === null ? html`` : html` aria-invalid="true" aria-describedby="error" autofocus`
