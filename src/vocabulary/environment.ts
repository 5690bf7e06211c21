/** Environment variables, as handed in. */
export type Environment = Readonly<Record<string, string | undefined>>
