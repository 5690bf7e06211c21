import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Asked, Routes } from '../../server/app.ts'
import { readForm } from '../../server/body.ts'
import type { ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import { requireSameOrigin } from '../../server/same-origin.ts'
import {
  approvalPage,
  approvedPage,
  deniedPage,
  FORM,
  type Markup,
  refusedPage,
  STYLESHEET,
  settledPage,
} from './page.ts'
import { style } from './page-style.ts'
import type { SignIns } from './server-sign-ins.ts'
import { ERROR_STATUS } from './wire.ts'

const PAGE_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

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

const show = (asked: Asked, page: Markup, status: Refusal['status'] = 200) =>
  asked.html(page, status, { 'content-security-policy': PAGE_POLICY })

export const refuseByPage = (asked: Asked, refusal: Refusal) =>
  show(asked, refusedPage(refusal.message), refusal.status)

/** The dashboard as far as a command line's sign-in needs it. Opening the page changes nothing; only its form does. */
export const pageRoutes = ({ clock }: ServerContext, signIns: SignIns): Routes => {
  const formSecret = randomBytes(32)
  const formToken = (code: string): string => createHmac('sha256', formSecret).update(code).digest('base64url')

  /** A page elsewhere can send this form too, but it can't read the token that belongs to the code. */
  const requireFormToken = (code: string, given: string): void => {
    const wanted = Buffer.from(formToken(code))
    const sent = Buffer.from(given)
    if (sent.length === wanted.length && timingSafeEqual(sent, wanted)) return
    throw new Refusal(403, 'FORBIDDEN', 'the form was not this server’s own; open the link from your terminal again')
  }

  /** The question while there is one, and otherwise what became of it. */
  const showState = (
    asked: Asked,
    code: string,
    email = '',
    error: string | null = null,
    status: Refusal['status'] = 200,
  ) => {
    const signIn = signIns.find(code)
    const state = signIns.stateOf(signIn)
    if (signIn && state === 'pending') {
      const view = { signIn, code, formToken: formToken(code), now: clock.now(), email, error }
      return show(asked, approvalPage(view), status)
    }
    return state === 'pending'
      ? show(asked, settledPage('unknown'), 404)
      : show(asked, settledPage(state), STATUS_OF[state])
  }

  const decide = async (asked: Asked) => {
    requireSameOrigin(asked.req.raw)
    const field = await readForm(asked.req.raw)
    const code = field('code')
    requireFormToken(code, field('form_token'))
    const email = field('email')
    const decision = field('decision')
    try {
      if (decision === 'deny') {
        signIns.deny(code)
        return show(asked, deniedPage())
      }
      if (decision !== 'approve') throw new Refusal(400, 'INVALID_REQUEST', 'the form says neither approve nor deny')
      const { account, key } = await signIns.complete(code, { email, password: field('password') })
      return show(asked, approvedPage(account.email, key.name))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
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
        return showState(asked, more.length === 0 ? code : '')
      },
      POST: decide,
    },
    [STYLESHEET]: {
      GET: (asked) => asked.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }),
    },
  }
}
