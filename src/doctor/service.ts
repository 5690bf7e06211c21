import { type Reach, type ReachPlan, reach } from '../http/reach.ts'
import type { Service } from '../services/service.ts'
import { clean } from '../vocabulary/clean.ts'
import { type Finding, failure, good, note, warning } from './finding.ts'

/** Where somebody signed in, under the name that a person knows it by. */
export interface Place {
  name: string
  service: Service
  url: URL
  /** How another address is set, as a command. */
  change: string
}

/** More than this makes codes and sessions end at odd times. */
const CLOCK_TOLERANCE = 30_000
const ENDS_SOON = 14 * 24 * 60 * 60_000

const SET_CLOCK = 'see that the clock of this machine is right: timedatectl set-ntp true'

/** The documented question "who am I?", asked as nobody: no secret is sent. */
const questionOf = ({ operations }: Service): string => operations.account?.calls[0] ?? 'GET /'

export const examineService = async (place: Place, plan: Omit<ReachPlan, 'url'>): Promise<Finding[]> => {
  const path = questionOf(place.service).split(' ')[1] ?? '/'
  const asked = plan.clock.now()
  const found = await reach({ ...plan, url: new URL(place.url.href.replace(/\/+$/, '') + path) })
  return judgeReach(place, found, asked)
}

/** What the way of one request says; `asked`: this machine's time when it set out. */
export const judgeReach = (place: Place, found: Reach, asked: number): Finding[] => {
  const findings = [judgeAddress(place, found)]
  if (found.tls !== null) findings.push(judgeCertificate(place, found.tls, asked))
  if (found.answer === null) return findings
  findings.push(judgeAnswer(place, found.answer))
  const clock = judgeClock(place, found.answer, asked)
  if (clock !== null) findings.push(clock)
  return findings
}

const judgeAddress = ({ name, url, change }: Place, found: Reach): Finding => {
  const { proxy, addresses, looked, connected, failure: trouble } = found
  const title = `address:${name}`
  if (trouble !== null) {
    const far = connected === null ? '' : ` (connected after ${connected} ms)`
    // Most of what fails on the way says to ask the doctor, who is being asked.
    const own = trouble.hint?.includes('keyturn doctor') ? null : trouble.hint
    const usual = own ?? `check the network, and that the address is right; to set another: ${change}`
    const isTime = /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/.test(trouble.message)
    return failure(title, `${trouble.message}${far}`, isTime ? SET_CLOCK : usual)
  }
  if (proxy !== null) return good(title, `${url.origin} through the proxy ${proxy} (${connected} ms)`)
  const by = addresses.length === 0 ? '' : ` is ${addresses[0]}`
  const times = [looked !== null && `DNS ${looked} ms`, `TCP ${(connected ?? 0) - (looked ?? 0)} ms`]
  return good(title, `${url.origin}${by} (${times.filter(Boolean).join(', ')})`)
}

const judgeCertificate = ({ name }: Place, { protocol, until }: NonNullable<Reach['tls']>, now: number): Finding => {
  const end = Number.isNaN(until) ? 'no known end' : `until ${new Date(until).toISOString().slice(0, 10)}`
  const detail = `${protocol}, certificate ${end}`
  if (!(until - now < ENDS_SOON)) return good(`tls:${name}`, detail)
  return warning(`tls:${name}`, `${detail}, which is soon`, 'tell whoever runs the service')
}

const judgeAnswer = ({ name, service, change }: Place, answer: NonNullable<Reach['answer']>): Finding => {
  const { status, milliseconds, headers, body } = answer
  const title = `answer:${name}`
  const detail = `${status} to ${questionOf(service)} without a credential`
  const right = `see that the address is right, and set another: ${change}`
  if (status === 429) return note(title, `${detail}: asked to slow down`)
  if (status >= 500) return failure(title, `${detail}: the service is in trouble`, 'try again later')
  if (status >= 300 && status < 400) {
    const target =
      headers.location !== undefined && URL.canParse(headers.location) ? new URL(headers.location).origin : ''
    return failure(title, `${detail}: it sends elsewhere${target && `, to ${clean(target)}`}`, right)
  }
  if ((status === 401 || status === 403) && isJson(body))
    return good(title, `like ${service.title}: ${status} without a credential, after ${milliseconds} ms`)
  const type = clean(headers['content-type']?.split(';')[0] ?? 'nothing that says what it is', 40)
  return failure(title, `${detail}, with ${type}: that is not like ${service.title}`, right)
}

const isJson = (body: string): boolean => {
  try {
    return typeof JSON.parse(body) === 'object'
  } catch {
    return false
  }
}

/** `Date` has whole seconds, and was written some time between the question and the answer. */
const judgeClock = ({ name }: Place, { headers, milliseconds }: NonNullable<Reach['answer']>, asked: number) => {
  const told = Date.parse(headers.date ?? '')
  if (Number.isNaN(told)) return null
  const ahead = told + 500 - (asked + milliseconds / 2)
  const away = Math.abs(ahead)
  if (away <= CLOCK_TOLERANCE)
    return good(`clock:${name}`, `within ${Math.max(1, Math.ceil(away / 1000))} s of this machine's`)
  return warning(`clock:${name}`, `${span(away)} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`, SET_CLOCK)
}

const span = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} minutes`
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 86_400)} days`
}
