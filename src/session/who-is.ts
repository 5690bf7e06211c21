import type { Http } from '../http/http.ts'
import type { Service } from '../services/service.ts'
import type { Account } from '../vocabulary/account.ts'
import type { Credential } from '../vocabulary/credential.ts'

/** Whose a credential is, as the service tells it; `null` where its documentation has no call that tells of a key. */
export const whoIs = async (service: Service, kind: Credential['kind'], http: Http): Promise<Account | null> => {
  if (kind === 'api_key' && service.operations.account?.needs === 'session') return null
  return (await service.client()).account(http)
}
