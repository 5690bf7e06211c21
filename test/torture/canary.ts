import { findSecret } from '../harness/find-secret.ts'
import type { Complaint } from './tally.ts'

/** How much was searched, over a whole run. */
export interface Canary {
  secrets: number
  texts: number
  hits: number
}

export const newCanary = (): Canary => ({ secrets: 0, texts: 0, hits: 0 })

const IN_AN_ANSWER = /"(?:key|raw_key|api_key|token|access_token|refresh_token)":"([^"]{12,})"/g

/** Every secret that a service gave away in these answers. */
export const secretsIn = (answers: readonly string[]): string[] => [
  ...new Set(answers.flatMap((answer) => [...answer.matchAll(IN_AN_ANSWER)].map((match) => match[1] ?? ''))),
]

/** Looks for each secret in each text, but where it may stand. */
export const search = (
  canary: Canary,
  secrets: ReadonlySet<string>,
  texts: readonly (readonly [string, string])[],
  mayShow: (place: string, secret: string) => boolean = () => false,
): Complaint[] => {
  canary.secrets += secrets.size
  canary.texts += texts.length
  const complaints: Complaint[] = []
  for (const [place, text] of texts) {
    if (text === '') continue
    for (const secret of secrets) {
      const found = mayShow(place, secret) ? [] : findSecret(text, secret)
      canary.hits += found.length
      for (const how of found) complaints.push({ harm: 'leaked', what: `a secret ${how} in ${place}` })
    }
  }
  return complaints
}
