/** How many letters have to be put in, taken out or changed to make one word the other (Levenshtein). */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= other.length; column++) {
      const changed = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** The word that was probably meant; `null` when none comes near. */
export const nearest = (typed: string, words: readonly string[]): string | null => {
  const lower = typed.toLowerCase()
  const [best] = words
    .map((word) => ({ word, away: distance(lower, word.toLowerCase()) }))
    .filter(({ word, away }) => away <= Math.max(word.length, lower.length) / 2)
    .sort((one, other) => one.away - other.away)
  return best?.word ?? null
}
