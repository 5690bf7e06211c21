/** What must be true after a command was cut off, whatever it was cut off by. */
import type { PendingSignIn } from '../../src/secrets/record.ts'
import { findService } from '../../src/services/registry.ts'
import type { Credential } from '../../src/vocabulary/credential.ts'
import type { Key } from '../../src/vocabulary/key.ts'
import { leftovers, readProfiles, readStore, storeText } from './home.ts'
import type { Ended } from './start.ts'
import type { Complaint } from './tally.ts'
import { type Attempt, BEFORE, type WritingCommand } from './writing-commands.ts'

/** A file that can't be read is no file: what was in it is lost. */
export const damage = ({ home }: Attempt): Complaint[] => {
  try {
    readStore(home)
    readProfiles(home)
    return []
  } catch (error) {
    return [{ harm: 'lost', what: `a file of ours is not whole: ${error instanceof Error ? error.message : error}` }]
  }
}

/** The old credential whole or the new one whole: what is stored now, and whether the service takes it. */
export const standing = async (command: WritingCommand, { lane, home }: Attempt): Promise<Complaint[]> => {
  const record = readStore(home).get(command.service)
  if (!record?.credential) {
    return command.before === null ? [] : [{ harm: 'lost', what: 'no credential is stored any more' }]
  }
  if (await lane.works(command.service, record.credential)) return []
  return [{ harm: 'lost', what: `the stored ${record.credential.kind} is not accepted` }]
}

/** What the person knows by now. */
export interface Known {
  /** Everything that any run has printed. */
  printed: string
  /** What the runs after the one that was cut off said beside their answers. */
  told: string
  /** Raw keys that the person has anyway. */
  own: readonly string[]
}

/** Keys that are alive at the service and that nobody holds, was shown, can still fetch, or was told about. */
export const orphans = async (command: WritingCommand, attempt: Attempt, known: Known): Promise<Complaint[]> => {
  const { lane, home, person } = attempt
  const alive = await lane.keys(command.service, person)
  if (alive.length === 0) return []
  const held = [storeText(home), ...known.own, known.printed].join('\n')
  const waiting = await fetchable(command, attempt)
  const isHeld = ({ prefix }: Key) => prefix !== null && wholeKeys(`${held}\n${waiting}`, prefix)
  return alive
    .filter((key) => !isHeld(key) && !isTold(key, known.told))
    .map((key): Complaint => ({ harm: 'orphaned', what: `a key ${kindOf(key)} is alive and nobody knows of it` }))
}

/** A prefix alone is in every list of keys; a key has as much again behind it. */
const wholeKeys = (text: string, prefix: string): boolean => new RegExp(`${prefix}[\\w-]{16,}`).test(text)

const isTold = ({ id, name, prefix }: Key, told: string): boolean =>
  [id, name, prefix].some((word) => word !== null && told.includes(word)) && /revoke/.test(told)

const kindOf = ({ name }: Key): string => (name === BEFORE ? 'of before' : 'made by the command')

/** The key of a sign-in that waits in the store: a later `login` gets it. */
const fetchable = async ({ service }: WritingCommand, { lane, home }: Attempt): Promise<string> => {
  const pending: PendingSignIn | null = readStore(home).get(service)?.pending ?? null
  const { browserSignIn: flow } = await findService(service).client()
  if (pending === null || flow === null) return ''
  const status = flow.judgeStatus(await flow.askStatus(lane.http(service, null), pending.code, pending.verifier))
  return status.status === 'completed' ? status.key.reveal() : ''
}

/** Nothing keeps the next command from its work, and nothing lies about after it. */
export const goneWell = (what: string, { code, signal, stderr }: Ended, exits: readonly number[] = [0]): Complaint[] =>
  code !== null && exits.includes(code)
    ? []
    : [{ harm: 'stuck', what: `${what} ended with ${signal ?? code}: ${stderr.trim().split('\n').at(-2) ?? ''}` }]

export const litter = ({ home }: Attempt): Complaint[] =>
  leftovers(home).map((name) => ({
    harm: 'stuck',
    what: `${name.replace(/[0-9a-f]{16,}/g, '…')} is left`,
  }))

/** Every secret that this try had to do with and that the store may hold. */
export const storedSecrets = ({ home }: Attempt): string[] => {
  const secrets: string[] = []
  const add = (credential: Credential | null) => {
    if (credential?.kind === 'api_key') secrets.push(credential.key.reveal())
    if (credential?.kind === 'session') {
      secrets.push(credential.access.reveal(), ...(credential.refresh ? [credential.refresh.reveal()] : []))
    }
  }
  try {
    for (const record of readStore(home).values()) {
      add(record.credential)
      if (record.pending) secrets.push(record.pending.verifier.reveal())
    }
  } catch {
    // It is not whole, which was said before.
  }
  return secrets
}
