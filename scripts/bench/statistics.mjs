// What is made of the figures, without any machine in it.

/** @param {number[]} figures */
export const median = (figures) => {
  const sorted = [...figures].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * A program's times beside those of `node -e 0`, run in turn with it: the ratio of each pair, and the median of those. A
 * busy machine slows both of a pair, so the ratio is what to trust.
 * @param {{ ours: number, bare: number }[]} pairs in milliseconds
 */
export const paired = (pairs) => ({
  ms: median(pairs.map(({ ours }) => ours)),
  bare: median(pairs.map(({ bare }) => bare)),
  ratio: median(pairs.map(({ ours, bare }) => ours / bare)),
  pairs: pairs.length,
})

/** Growth that is smaller than this part of the start is noise. */
const DISCERNIBLE = 0.2
/** Two sizes that are nearer than that do not tell what ten times as many cost. */
const FAR_APART = 5

/**
 * What a thousand more cost, in milliseconds, from the fewest to the most; and what ten times as many cost, by the two
 * largest sizes: 10 is linear. What does not grow with them, the start, is taken off; `null` is lost in the noise.
 * @param {{ size: number, ms: number }[]} steps by size, the smallest first
 */
export const growth = (steps) => {
  const [first, before, last] = [steps[0], steps.at(-2), steps.at(-1)]
  const isSeen = ({ ms }) => ms - first.ms >= first.ms * DISCERNIBLE
  const thousand = isSeen(last) ? ((last.ms - first.ms) / (last.size - first.size)) * 1_000 : null
  if (!isSeen(before) || last.size / before.size < FAR_APART) return { thousand, tenfold: null }
  const grown = (last.ms - first.ms) / (before.ms - first.ms)
  return { thousand, tenfold: 10 ** (Math.log10(grown) / Math.log10(last.size / before.size)) }
}
