/** The JSON of the contract's table, exact: every field, and what stands in it. */
import { expect } from 'vitest'
import type { ContractRig } from './contract-rig.ts'

export const TEXT = expect.any(String)
/** As every service writes one. */
export const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)

type Kind = 'session' | 'api_key'

export const contractShapes = ({ people, address }: ContractRig) => {
  const alice = () => ({ ...people.alice, username: null, is_admin: false })
  const curator = () => ({ ...people.curator, username: null })
  const ofRestume = (person: { username: string; email: string }, isLinked: boolean) => ({
    ...{ id: null, ...person, name: null, created_at: null },
    ...{ full_name: null, email_verified: true, plan: 'free', plan_source: 'default' },
    ...{ google_linked: isLinked, can_unlink_google: isLinked, has_password: true },
    available_sign_in_methods: isLinked ? ['password', 'google'] : ['password'],
  })
  const standing = (service: string, credential: Kind, user: unknown, profile = service) => ({
    ...{ profile, service, url: address(service), store: 'file', credential, source: 'file', user },
    expires_at: credential === 'session' ? INSTANT : null,
  })
  const profile = (service: string, user: unknown, current: boolean, name = service) => ({
    ...{ name, current, service, url: address(service), store: 'file', user, org: null, created_at: INSTANT },
  })
  return {
    alice,
    curator,
    hershel: () => ofRestume(people.hershel, false),
    gina: (isLinked: boolean) => ofRestume(people.gina, isLinked),
    standing,
    /** The profile, with what was seen of its account when it was signed in to. */
    profile,
    seen: {
      alice: () => ({ id: people.alice.id, username: null, email: people.alice.email, name: 'alice' }),
      curator: () => ({ id: people.curator.id, username: null, email: people.curator.email, name: 'curator' }),
      hershel: () => ({ id: null, ...people.hershel, name: null }),
    },
    newKey: (name: string, scopes: string[] | null) => ({
      ...{ id: TEXT, name, key: expect.stringMatching(/^zec_[0-9a-f]{64}$/), prefix: expect.stringMatching(/^zec_/) },
      ...{ scopes, expires_at: null, created_at: INSTANT },
    }),
  }
}

export type Shapes = ReturnType<typeof contractShapes>
