/** How many letters must be typed differently (Levenshtein). */
const distance = (a: string, b: string): number => {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...a].entries()) {
    const line = [row + 1]
    for (let column = 1; column <= b.length; column++) {
      const same = (above[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1)
      line.push(Math.min(same, (above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1))
    }
    above = line
  }
  return above[b.length] ?? 0
}

/** The word that was probably meant; `null` when none is near. */
export const nearest = (word: string, words: readonly string[]): string | null => {
  const ranked = words
    .map((each) => ({ each, away: distance(word.toLowerCase().slice(0, 40), each) }))
    .sort((a, b) => a.away - b.away)[0]
  return ranked !== undefined && ranked.away <= Math.ceil(word.length * 0.4) ? ranked.each : null
}
