/** Every way a command can end badly, by a name that scripts may rely on, with the exit code it gives. */
export const EXIT_CODES = {
  failed: 1,
  service_error: 1,
  bad_answer: 1,
  usage: 2,
  input_needed: 2,
  unsupported: 3,
  sign_in_needed: 4,
  credential_refused: 4,
  refused: 5,
  rate_limited: 6,
  unreachable: 7,
  timed_out: 7,
  store_unusable: 8,
  store_locked: 8,
  store_absent: 8,
  store_not_answering: 8,
  store_refused: 8,
  sign_in_expired: 9,
  sign_in_denied: 9,
  command_not_executable: 126,
  command_not_found: 127,
  interrupted: 130,
  terminated: 143,
} as const

export type FailureCode = keyof typeof EXIT_CODES

export interface FailureDetails {
  /** What to do next, with a command to type where there is one. */
  hint?: string
  /** The HTTP status that the service gave, where it gave one. */
  status?: number
  requestId?: string
  cause?: unknown
}

export class Failure extends Error {
  readonly code: FailureCode
  readonly hint: string | null
  readonly status: number | null
  readonly requestId: string | null

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.name = 'Failure'
    this.code = code
    this.hint = details.hint ?? null
    this.status = details.status ?? null
    this.requestId = details.requestId ?? null
  }

  get exitCode(): number {
    return EXIT_CODES[this.code]
  }
}

/** What a failure passes on to one that says more about it: what the service said, and itself as the cause. */
export const detailsOf = (failure: Failure): FailureDetails => ({
  ...(failure.status === null ? {} : { status: failure.status }),
  ...(failure.requestId === null ? {} : { requestId: failure.requestId }),
  cause: failure,
})

/** The same failure, said by somebody who knows better what to do about it. */
export const hinted = (failure: Failure, hint: string): Failure =>
  new Failure(failure.code, failure.message, { ...detailsOf(failure), hint })

export const isFailure = <C extends FailureCode>(error: unknown, ...codes: C[]): error is Failure & { code: C } =>
  error instanceof Failure && (codes.length === 0 || codes.some((code) => code === error.code))
