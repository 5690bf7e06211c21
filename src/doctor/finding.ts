/** One thing that was looked at: how it is, and what to do where it is not well. */
export interface Finding {
  /** A name that scripts may rely on; what is about one profile ends in its name: `tls:zectre`. */
  name: string
  /** `note`: worth knowing, nothing to do. `warning`: it works, and may not be what was meant. `failure`: it does not work. */
  level: Level
  detail: string
  /** What to do, with a command to type where there is one. */
  hint: string | null
}

export type Level = 'good' | 'note' | 'warning' | 'failure'

/** Findings that are read together. */
export interface Section {
  title: string
  findings: Finding[]
}

export const good = (name: string, detail: string): Finding => ({ name, level: 'good', detail, hint: null })
export const note = (name: string, detail: string, hint: string | null = null): Finding => ({
  name,
  level: 'note',
  detail,
  hint,
})
export const warning = (name: string, detail: string, hint: string): Finding => ({
  name,
  level: 'warning',
  detail,
  hint,
})
export const failure = (name: string, detail: string, hint: string): Finding => ({
  name,
  level: 'failure',
  detail,
  hint,
})

/** Signed out, or a store that forgets: only the person knows which. */
export const nothingKept = (profile: string, store: string): Finding =>
  note(
    'secrets',
    `${store} holds nothing for profile ${profile}: it is signed out, or its secret was lost`,
    `sign in: keyturn login --profile ${profile}`,
  )
