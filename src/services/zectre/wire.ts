/**
 * The JSON of zectre-api's "Authentication" page, field by field. Both halves use it. What the page requires is
 * required here; everything else may be missing, and unknown fields pass through.
 */
import * as v from 'valibot'

const text = v.string()
const maybeText = v.nullish(v.string(), null)

/** "GET /api/v1/user": id, email, name, is_admin, created_at. */
export const User = v.looseObject({
  id: text,
  email: text,
  name: maybeText,
  is_admin: v.nullish(v.boolean(), false),
  created_at: maybeText,
})
export type User = v.InferOutput<typeof User>

/** "POST /api/v1/auth/signup", body. */
export const SignUpRequest = v.object({ email: text, password: text, name: v.nullish(v.string()) })

/** "POST /api/v1/auth/login", body and 200. */
export const LogInRequest = v.object({ email: text, password: text })
export const LogInAnswer = v.looseObject({ token: text, expires_at: maybeText, user: v.nullish(User, null) })

/**
 * "POST /api/v1/auth/cli/initiate", body and 200. `poll_challenge` and `poll_bound` are keyturn's addition, which a
 * server is free to ignore: the SHA-256 of a verifier, base64url, and the promise to ask for it at every poll.
 */
export const InitiateRequest = v.object({
  device_name: v.nullish(v.string()),
  poll_challenge: v.nullish(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/))),
})
export const InitiateAnswer = v.looseObject({
  code: v.pipe(text, v.regex(/^[A-Za-z0-9._~-]{8,512}$/)),
  auth_url: text,
  // What it says of its end is worth less than the code itself.
  expires_at: v.fallback(maybeText, null),
  poll_bound: v.nullish(v.boolean(), false),
})
export const VERIFIER_HEADER = 'x-cli-verifier'

/** "GET /api/v1/auth/cli/status/{code}", 200. `reason` is the reference server's: a sign-in turned down on the page. */
export const StatusAnswer = v.looseObject({
  status: v.picklist(['pending', 'completed', 'expired']),
  api_key: maybeText,
  user: v.nullish(v.unknown(), null),
  reason: maybeText,
})

/** "POST /api/v1/auth/cli/complete", body and 200. */
export const CompleteRequest = v.object({ code: text, email: text, password: text })
export const CompleteAnswer = v.looseObject({
  success: v.nullish(v.boolean(), true),
  api_key: maybeText,
  user: v.nullish(v.unknown(), null),
})

/** A raw key as the page shows it, "zec_…": nothing in it that a header or a terminal could stumble over. */
export const RawKey = v.pipe(text, v.regex(/^zec_[A-Za-z0-9._-]{4,508}$/))

/** "GET /api/v1/api-keys", 200. */
export const KeyEntry = v.looseObject({
  id: text,
  name: maybeText,
  prefix: maybeText,
  scopes: v.nullish(v.array(v.string()), null),
  expires_at: maybeText,
  last_used_at: maybeText,
  created_at: maybeText,
})
export const ListKeysAnswer = v.looseObject({ data: v.array(KeyEntry) })

/** "POST /api/v1/api-keys", body and 201. */
export const CreateKeyRequest = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  scopes: v.nullish(v.pipe(v.array(v.string()), v.minLength(1))),
  expires_in_days: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(36_500))),
})
export const CreateKeyAnswer = v.looseObject({
  id: text,
  name: maybeText,
  key: RawKey,
  prefix: maybeText,
  created_at: maybeText,
  scopes: v.nullish(v.array(v.string()), null),
  expires_at: maybeText,
})

/** The body of every refusal: chosen, the page documents only the codes. */
export const ErrorAnswer = v.looseObject({ error: v.looseObject({ code: text, message: text }) })

/** The page's table of error codes, and the status each comes with (404, 410, 409 for the last three: chosen). */
export const ERROR_STATUS = {
  INVALID_EMAIL: 400,
  WEAK_PASSWORD: 400,
  EMAIL_EXISTS: 409,
  INVALID_CREDENTIALS: 401,
  ACCOUNT_DISABLED: 403,
  INVALID_CODE: 404,
  CODE_EXPIRED: 410,
  SESSION_USED: 409,
} as const
export type ErrorCode = keyof typeof ERROR_STATUS
