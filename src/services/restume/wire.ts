/**
 * The JSON of RESTume's three pages, field by field: "Authentication & Setup Guide" (A), "Authentication Endpoints" (B)
 * and "Auth & Account Endpoints" (C). Both halves use it. What the pages agree to require is required here; everything
 * else may be missing, and unknown fields pass through. Bodies that no page shows are marked as chosen.
 */
import * as v from 'valibot'

const text = v.string()
const maybeText = v.nullish(v.string(), null)

/** What a request must have, each with the sentence that its 422 says: never with what was sent, it may be a secret. */
const given = v.string('must be a text')
const length = (least: number, most: number) => {
  const fits = new RegExp(`^.{${least},${most}}$`, 'su')
  return v.pipe(given, v.regex(fits, `must have ${least} to ${most} characters`))
}
const Email = v.pipe(given, v.trim(), v.regex(/^[^\s@\p{C}]{1,64}@[^\s@\p{C}]{1,189}$/u, 'must be an email address'))
/** A password as somebody claims it; how long a good one is, is asked only where one is set. */
const claimed = v.pipe(given, v.maxLength(512, 'must have at most 512 characters'))

/** B: "POST /v1/auth/register", body ("Unique username (3-50 chars, alphanumeric)") and 200; A says the same of it. */
export const RegisterRequest = v.object({
  username: v.pipe(given, v.regex(/^[A-Za-z0-9]{3,50}$/, 'must be 3 to 50 letters and digits')),
  email: Email,
  password: length(8, 128),
  full_name: length(1, 200),
})
export const User = v.looseObject({
  id: text,
  username: text,
  email: text,
  full_name: maybeText,
  created_at: maybeText,
})

/** B and C: "POST /v1/auth/login", body (C: "Username or email") and 200. A token is what can stand in a header. */
export const LoginRequest = v.object({ username: claimed, password: claimed })
export const LoginAnswer = v.looseObject({
  access_token: v.pipe(text, v.regex(/^[\x21-\x7e]{1,8192}$/)),
  token_type: maybeText,
})

/** C: "Verify email with a six-digit code." Both bodies are chosen. */
export const VerifyEmailRequest = v.object({
  email: Email,
  code: v.pipe(given, v.regex(/^\d{6}$/, 'must be six digits')),
})
export const VerifyEmailAnswer = v.looseObject({ email: maybeText, email_verified: v.nullish(v.boolean(), null) })

/** C: "Request a fresh verification code." and "Start password recovery"; the body is chosen. */
export const EmailRequest = v.object({ email: Email })
/** What the calls answer that have nothing to tell; chosen. */
export const MessageAnswer = v.looseObject({ message: maybeText })

/** C: "Sign in or sign up with a Google credential."; the body is chosen, the 200 is that of the login. */
export const GoogleRequest = v.object({ credential: v.pipe(given, v.minLength(1, 'must be a Google ID token')) })

/** C: "Reset a password with a verified recovery token."; the body is chosen. */
export const ResetPasswordRequest = v.object({ token: claimed, new_password: length(8, 128) })

/** C: "GET /v1/me/account", 200. Its table has the first five; "plan source" stands beside it, the rest is chosen. */
export const AccountAnswer = v.looseObject({
  username: text,
  google_linked: v.boolean(),
  has_password: v.boolean(),
  can_unlink_google: v.boolean(),
  available_sign_in_methods: v.array(text),
  id: maybeText,
  email: maybeText,
  email_verified: v.nullish(v.boolean(), null),
  full_name: maybeText,
  plan: maybeText,
  plan_source: maybeText,
  created_at: maybeText,
})
export type AccountAnswer = v.InferOutput<typeof AccountAnswer>

/** B: "POST /v1/auth/api-keys", body: "Key label (1-100 chars)". */
export const CreateKeyRequest = v.object({ name: length(1, 100) })
/**
 * "POST /v1/auth/api-keys", 200. A leaves out `created_at`, C leaves out `name` and `is_active`. The raw key is shown
 * once, so only what the rest can't be done without is required: a missing prefix must not cost the key.
 */
export const CreateKeyAnswer = v.looseObject({
  id: text,
  raw_key: v.pipe(text, v.regex(/^rst_[A-Za-z0-9._-]{4,508}$/)),
  name: maybeText,
  prefix: maybeText,
  is_active: v.nullish(v.boolean(), null),
  created_at: maybeText,
})

/** B: "GET /v1/auth/api-keys", 200: "Array of APIKeyResponse objects (id, name, prefix, is_active, created_at)". */
export const KeyEntry = v.looseObject({
  id: text,
  name: maybeText,
  prefix: maybeText,
  is_active: v.nullish(v.boolean(), null),
  created_at: maybeText,
})
export const ListKeysAnswer = v.array(KeyEntry)

/** What 403 keeps everybody from, on a server without Pro plans and administrators: no page shows it. */
export const RefusedAnswer = v.looseObject({})

/** The body of every refusal; chosen. A text, or for 422 one entry a field ("Response body contains details"). */
export const ErrorAnswer = v.looseObject({
  detail: v.union([text, v.array(v.looseObject({ loc: v.array(text), msg: text, type: text }))]),
})
