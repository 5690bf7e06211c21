export type StoreName = 'keychain' | 'file'

/**
 * Keeps one secret text per account. Every method either does what it says or throws a `Failure` whose code tells
 * locked, absent, not answering and refused apart; "no such entry" is `null`, and only when the store answered so.
 */
export interface Store {
  readonly name: StoreName
  /** For a person: "the OS keychain (Secret Service)", "the file /home/…/credentials.json". */
  readonly where: string
  read(account: string, signal: AbortSignal): Promise<string | null>
  /** Written, read back and compared. */
  write(account: string, secret: string, signal: AbortSignal): Promise<void>
  /** `false` when there was nothing to remove. */
  remove(account: string, signal: AbortSignal): Promise<boolean>
}
