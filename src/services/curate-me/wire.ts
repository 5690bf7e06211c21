/**
 * The JSON of Curate-Me's "Authentication" page, field by field. Both halves use it. What the page requires is required
 * here; everything else may be missing, and unknown fields pass through.
 */
import * as v from 'valibot'

const text = v.string()
const given = v.pipe(v.string(), v.nonEmpty())
/** RFC 5321, 4.5.3.1: no address is longer. */
const address = v.pipe(given, v.maxLength(320))
const maybeText = v.nullish(v.string(), null)
/** "eyJhbGciOiJIUzI1NiIs...": nothing in it that a header could stumble over. */
const token = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,8192}$/))
/** Seconds; one that can't be read is as good as none, because the token tells its end as well. */
const maybeSeconds = v.fallback(v.nullish(v.number(), null), null)

/** "Register", the `user` of the 201. */
export const User = v.looseObject({ id: text, email: text, name: maybeText, created_at: maybeText })
export type User = v.InferOutput<typeof User>

/** "Login", 200. */
export const LogInAnswer = v.looseObject({
  access_token: token,
  refresh_token: token,
  token_type: maybeText,
  expires_in: maybeSeconds,
})

/** "Register", body and 201. */
export const RegisterRequest = v.object({ email: address, password: given, name: given })
export const RegisterAnswer = v.looseObject({ user: User, ...LogInAnswer.entries })

/** "Login", body. */
export const LogInRequest = v.object({ email: address, password: given })

/** "Refresh Token", body and 200. The page shows no `refresh_token` in the answer; a server that rotates sends one. */
export const RefreshRequest = v.object({ refresh_token: given })
export const RefreshAnswer = v.looseObject({
  access_token: token,
  refresh_token: v.nullish(token, null),
  token_type: maybeText,
  expires_in: maybeSeconds,
})

/** "Logout", body. */
export const LogOutRequest = v.object({ refresh_token: given })

/** "B2B Organization Context", second in the order in which the organisation is resolved. */
export const ORG_HEADER = 'x-org-id'

/** "Create an API Key": the scopes that the page shows, and there are no others on it. */
export const SCOPES = ['agents:read', 'workflows:read', 'workflows:execute', 'costs:read'] as const

/** A raw key as the page shows it, "cm_live_sk_…": nothing in it that a header or a terminal could stumble over. */
export const RawKey = v.pipe(text, v.regex(/^cm_live_sk_[A-Za-z0-9._-]{4,501}$/))

/** "Create an API Key", body and 201. */
export const CreateKeyRequest = v.object({
  name: given,
  scopes: v.pipe(v.array(v.picklist(SCOPES)), v.minLength(1)),
})
export const CreateKeyAnswer = v.looseObject({
  id: text,
  name: maybeText,
  key: RawKey,
  scopes: v.nullish(v.array(v.string()), null),
  created_at: maybeText,
})
