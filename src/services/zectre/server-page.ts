import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Asked, Routes } from '../../server/app.ts'
import { readForm } from '../../server/body.ts'
import type { ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import { requireSameOrigin } from '../../server/same-origin.ts'
import { FORM, type Markup, questionPage, SCRIPT, STATE, STYLESHEET } from './page.ts'
import { approvedPage, deniedPage, lockedPage, mistakePage, refusedPage, settledPage } from './page-outcomes.ts'
import { script } from './page-script.ts'
import { style } from './page-style.ts'
import type { SignIns } from './server-sign-ins.ts'
import { ERROR_STATUS } from './wire.ts'

const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  // For its own form: see `requireSameOrigin`.
  'referrer-policy': 'same-origin',
}

const STATUS_OF = {
  unknown: ERROR_STATUS.INVALID_CODE,
  ended: ERROR_STATUS.CODE_EXPIRED,
  denied: ERROR_STATUS.CODE_EXPIRED,
  completed: ERROR_STATUS.SESSION_USED,
} as const

/** After these the form comes back: the person can put them right, and the sign-in still waits. */
const CORRECTABLE: Record<string, string> = {
  INVALID_CREDENTIALS: 'The email address or the password is wrong. Nothing was approved.',
  ACCOUNT_DISABLED: 'This account is inactive and can’t sign anything in. Nothing was approved.',
  BUSY: 'Too many people are signing in at this moment. Nothing was approved; try again in a second.',
}

const show = (asked: Asked, page: Markup, status: Refusal['status'] = 200) => asked.html(page, status, PAGE_HEADERS)

export const refuseByPage = (asked: Asked, { status, message }: Refusal) =>
  show(asked, status === 500 ? mistakePage() : refusedPage(message), status)

/** The dashboard as far as a command line's sign-in needs it. Opening the page changes nothing; only its form does. */
export const pageRoutes = ({ clock }: ServerContext, signIns: SignIns): Routes => {
  const secret = randomBytes(32)
  const sign = (purpose: 'form' | 'receipt', code: string): string =>
    createHmac('sha256', secret).update(`${purpose}\n${code}`).digest('base64url')
  const isSigned = (purpose: 'form' | 'receipt', code: string, given: string): boolean => {
    const wanted = Buffer.from(sign(purpose, code))
    const sent = Buffer.from(given)
    return sent.length === wanted.length && timingSafeEqual(sent, wanted)
  }

  /** A page elsewhere can send this form too, but it can't read the token that belongs to the code. */
  const requireFormToken = (code: string, given: string): void => {
    if (isSigned('form', code, given)) return
    throw new Refusal(403, 'FORBIDDEN', 'the form was not this server’s own')
  }

  /** The question while there is one, and otherwise what became of it. */
  const showState = (asked: Asked, code: string, email = '', error: string | null = null, status: Status = 200) => {
    const signIn = signIns.find(code)
    const state = signIns.stateOf(signIn)
    if (!signIn || state !== 'pending') {
      const settled = state === 'pending' ? 'unknown' : state
      return show(asked, settledPage(settled), STATUS_OF[settled])
    }
    const millisecondsLeft = signIns.millisecondsLeft(signIn)
    const isAbandoned = signIns.isAbandoned(signIn)
    const formToken = sign('form', code)
    const now = clock.now()
    return show(
      asked,
      questionPage({ signIn, code, formToken, now, millisecondsLeft, isAbandoned, email, error }),
      status,
    )
  }

  /** What who decided is told; everybody else who opens the link learns only that it is settled. */
  const showOwnDecision = (asked: Asked, code: string) => {
    const outcome = signIns.find(code)?.outcome
    if (outcome?.kind === 'completed') return show(asked, approvedPage(outcome.account.email, outcome.key))
    return outcome?.kind === 'denied' ? show(asked, deniedPage()) : showState(asked, code)
  }

  /** By way of a GET (303), so that going back or reloading sends no form again. */
  const tellDecision = (asked: Asked, code: string) =>
    asked.redirect(`${FORM}?code=${encodeURIComponent(code)}&receipt=${sign('receipt', code)}`, 303)

  const showLocked = (asked: Asked, code: string, refusal: Refusal) => {
    const wait = refusal.headers['retry-after'] ?? '60'
    asked.header('retry-after', wait)
    return show(asked, lockedPage({ code, formToken: sign('form', code) }, Number(wait)), refusal.status)
  }

  const decide = async (asked: Asked) => {
    requireSameOrigin(asked.req.raw)
    const field = await readForm(asked.req.raw)
    const code = field('code')
    requireFormToken(code, field('form_token'))
    const email = field('email')
    const decision = field('decision')
    try {
      if (decision === 'approve')
        await signIns.complete(code, { email, password: field('password') }, asked.env.peer.address)
      else if (decision === 'deny') signIns.deny(code)
      else throw new Refusal(400, 'INVALID_REQUEST', 'the form says neither approve nor deny')
      return tellDecision(asked, code)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.code === 'TOO_MANY_ATTEMPTS') return showLocked(asked, code, error)
      const correction = CORRECTABLE[error.code]
      if (correction !== undefined) return showState(asked, code, email, correction, error.status)
      if (error.code in ERROR_STATUS) return showState(asked, code)
      throw error
    }
  }

  return {
    [FORM]: {
      GET: (asked) => {
        const [code = '', ...more] = asked.req.queries('code') ?? []
        if (more.length > 0) return showState(asked, '')
        const own = isSigned('receipt', code, asked.req.query('receipt') ?? '')
        return own ? showOwnDecision(asked, code) : showState(asked, code)
      },
      POST: decide,
    },
    // For the page's script: no more than the page itself shows.
    [STATE]: {
      GET: (asked) => {
        requireSameOrigin(asked.req.raw)
        const signIn = signIns.find(asked.req.query('code') ?? '')
        const seconds_left = signIn && Math.ceil(signIns.millisecondsLeft(signIn) / 1000)
        const abandoned = signIn !== null && signIns.isAbandoned(signIn)
        return asked.json({ state: signIns.stateOf(signIn), seconds_left, abandoned })
      },
    },
    [STYLESHEET]: {
      GET: (asked) => asked.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }),
    },
    [SCRIPT]: {
      GET: (asked) => asked.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
    },
  }
}

type Status = Refusal['status']
