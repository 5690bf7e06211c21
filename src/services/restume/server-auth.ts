import type { Routes } from '../../server/app.ts'
import { makeGuesses } from '../../server/guesses.ts'
import type { ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import { type Accounts, requireEnabled, userOf } from './server-accounts.ts'
import type { Callers } from './server-callers.ts'
import { makeLetters } from './server-letters.ts'
import { readBody, wrongField } from './server-refusals.ts'
import {
  EmailRequest,
  GoogleRequest,
  LoginRequest,
  RegisterRequest,
  ResetPasswordRequest,
  VerifyEmailRequest,
} from './wire.ts'

/** One sentence for every cause: which of them it was would tell whether there is such an account. */
const WRONG_CODE = 'is wrong, has been tried too often or has ended; POST /v1/auth/resend-verification sends another'
const WRONG_TOKEN = 'is wrong, has been used or has ended; POST /v1/auth/forgot-password sends another'

/** So that the time of an answer does not tell whether there was anybody to write to. */
const behindTheAnswer = (send: () => void): void => void setImmediate(send)

/** "Auth & Account Endpoints", what is done without a credential. */
export const authRoutes = (context: ServerContext, accounts: Accounts, callers: Callers): Routes => {
  const letters = makeLetters(context)
  const guesses = makeGuesses(context.clock)

  return {
    '/v1/auth/register': {
      POST: async (asked) => {
        const account = await accounts.signUp(await readBody(asked, RegisterRequest))
        letters.sendCode(account)
        return asked.json(userOf(account))
      },
    },
    '/v1/auth/login': {
      POST: async (asked) => {
        const { username, password } = await readBody(asked, LoginRequest)
        const named = accounts.named(username)
        // By its account, so that username and address of one are not guessed at twice.
        const name = named?.id ?? username.trim().toLowerCase()
        const guess = { name, from: asked.env.peer.address }
        const account = await guesses.guess(guess, () => accounts.signIn(named, password))
        if (!account) throw new Refusal(401, 'UNAUTHORIZED', 'the username or the password is wrong')
        return asked.json(callers.sessionFor(requireEnabled(account)))
      },
    },
    '/v1/auth/verify-email': {
      POST: async (asked) => {
        const { email, code } = await readBody(asked, VerifyEmailRequest)
        const account = accounts.byEmail(email)
        if (!account || !letters.takeCode(account, code)) throw wrongField('code', 'invalid_code', WRONG_CODE)
        account.emailVerified = true
        return asked.json({ email: account.email, email_verified: true })
      },
    },
    '/v1/auth/resend-verification': {
      POST: async (asked) => {
        const { email } = await readBody(asked, EmailRequest)
        letters.requireFewLetters('code', email)
        const account = accounts.byEmail(email)
        if (account && !account.emailVerified) behindTheAnswer(() => letters.sendCode(account))
        return asked.json({ message: 'if an account waits for this address to be verified, a code is on its way' })
      },
    },
    '/v1/auth/google': {
      POST: async (asked) => {
        const { credential } = await readBody(asked, GoogleRequest)
        if (context.google === null) {
          throw new Refusal(503, 'NO_ISSUER', 'this server was started without an issuer for Google credentials')
        }
        const account = accounts.withGoogle(await context.google(credential))
        return asked.json(callers.sessionFor(requireEnabled(account)))
      },
    },
    '/v1/auth/forgot-password': {
      POST: async (asked) => {
        const { email } = await readBody(asked, EmailRequest)
        letters.requireFewLetters('token', email)
        const account = accounts.byEmail(email)
        if (account && !account.disabled) behindTheAnswer(() => letters.sendToken(account))
        return asked.json({ message: 'if there is an account with this address, a recovery token is on its way' })
      },
    },
    '/v1/auth/reset-password': {
      POST: async (asked) => {
        const { token, new_password } = await readBody(asked, ResetPasswordRequest)
        const account = accounts.find(letters.ownerOf(token) ?? '')
        if (!account) throw wrongField('token', 'invalid_token', WRONG_TOKEN)
        const hash = await context.passwords.hash(new_password)
        // Only now, and again: a server too busy to hash costs nobody the token, and a token is good for one password.
        if (letters.takeToken(token) === null) throw wrongField('token', 'invalid_token', WRONG_TOKEN)
        accounts.setPassword(requireEnabled(account), hash)
        guesses.forget(account.id)
        return asked.json({ message: 'the password is set; sessions from before have ended' })
      },
    },
  }
}
