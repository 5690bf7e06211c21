import { type Manual, SIGNED_EXITS } from './manual.ts'

const STANDING = '{profile, service, url, store, credential, source, expires_at, user}'

export const signingIn: Record<string, Manual> = {
  login: {
    examples: [
      ['keyturn login', 'be asked which service, and sign in'],
      ['keyturn login zectre', 'sign in through a page in the browser'],
      ['keyturn login zectre --no-browser --qr', 'the same over SSH: open the address on another device'],
      ['keyturn login restume --password --username dev --password-stdin < FILE', 'sign in from a script'],
      ['keyturn login zectre --with-api-key < FILE', 'use a key that you have'],
      ['keyturn login zectre --profile work --url https://zectre.example', 'another account, at another address'],
    ],
    json: [STANDING],
    exits: [...SIGNED_EXITS, 9],
  },
  logout: {
    examples: [
      ['keyturn logout', 'sign out of the profile in use, here and at the service'],
      ['keyturn logout --profile work --local', 'only forget it on this machine'],
      ['keyturn logout --all --yes', 'sign out of everything, and ask nothing'],
    ],
    json: ['{profile, forgotten, ended, key, reason}', '--all: an array of these'],
    exits: [4, 5, 6, 7, 8],
  },
  status: {
    examples: [
      ['keyturn status', 'who am I, and does the service still take it?'],
      ['keyturn status --all', 'the same for every profile'],
      ['keyturn status --offline --json', 'what is known here, for a script'],
      ['keyturn status --explain', 'which credential is used, and why'],
    ],
    json: [`${STANDING.slice(0, -1)}, state}`, '--all: an array of these'],
    exits: SIGNED_EXITS,
  },
  signup: {
    examples: [
      ['keyturn signup zectre --email dev@example.com', 'make an account; the password is asked for'],
      ['keyturn signup restume --email E --username U --name "D E" --password-stdin < FILE', 'the same from a script'],
    ],
    json: [STANDING],
    exits: [3, 5, 6, 7, 8],
  },
  'verify-email': {
    examples: [
      ['keyturn verify-email 123456', 'show that the address is yours, with the code from the mail'],
      ['keyturn verify-email --resend --email dev@example.com', 'have a new code sent'],
    ],
    json: ['{email, email_verified}', '--resend: {email, sent}'],
    exits: [3, 5, 6, 7],
  },
  password: {
    examples: [
      ['keyturn password forgot --email dev@example.com', 'have a recovery token sent'],
      ['keyturn password reset', 'set a new password with it'],
    ],
    json: [],
    exits: [3, 5, 6, 7],
  },
  'password forgot': {
    examples: [['keyturn password forgot --service restume --email dev@example.com', 'have a recovery token sent']],
    json: ['{email, sent}'],
    exits: [3, 5, 6, 7],
  },
  'password reset': {
    examples: [
      ['keyturn password reset', 'be asked for the token and the new password'],
      ['keyturn password reset --stdin < FILE', 'the token on the first line, the new password on the second'],
    ],
    json: ['{reset}'],
    exits: [3, 5, 6, 7],
  },
  refresh: {
    examples: [['keyturn refresh', 'renew the session now; commands do it by themselves when it is about to end']],
    json: [STANDING],
    exits: SIGNED_EXITS,
  },
  google: {
    examples: [
      ['keyturn google login', 'sign in with a Google account'],
      ['keyturn google unlink', 'end that way of signing in'],
    ],
    json: [],
    exits: SIGNED_EXITS,
  },
  'google login': {
    examples: [
      ['keyturn google login --google-client-id ID', 'in the browser, on this machine'],
      ['keyturn google login --device', 'with a code to type on any other device'],
      ['keyturn google login --credential-stdin < FILE', 'with an ID token that you have'],
    ],
    json: [STANDING],
    exits: [...SIGNED_EXITS, 9],
  },
  'google unlink': {
    examples: [['keyturn google unlink --yes', 'ask nothing']],
    json: ['{service, id, username, email, name, created_at, …}'],
    exits: SIGNED_EXITS,
  },
}
