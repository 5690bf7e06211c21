/**
 * When a JWT says that it ends (RFC 7519, 4.1.4), as ISO 8601; `null` when it says nothing that can be read. For showing
 * and for renewing in time, never for trusting: nothing is verified here, and a token need not be a JWT at all.
 */
export const tokenExpiry = (token: string): string | null => {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { exp: unknown }
    return typeof exp === 'number' && exp > 0 ? `${new Date(exp * 1000).toISOString().slice(0, 19)}Z` : null
  } catch {
    return null
  }
}
