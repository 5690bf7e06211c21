// Bars as an SVG that stands on its own: its own background, in light and in dark, legible in the width of a phone.

const WIDTH = 432
const MARGIN = 16
const LABELS = 140
const VALUES = 48
const LINE = 24
const HEAD = 62

const STYLE = `
    text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
    .title { font-size: 16px; font-weight: 600 }
    .small { font-size: 12px; fill: #59636e }
    .value { font-variant-numeric: tabular-nums }
    .own { font-weight: 600 }
    .card { fill: #ffffff; stroke: #d1d9e0 }
    .bare { stroke: #59636e; stroke-dasharray: 3 3 }
    rect.own { fill: #0969da }
    rect.now { fill: #6e7781 }
    rect.earlier { fill: #e7ecf0; stroke: #6e7781; stroke-dasharray: 3 2 }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      .small { fill: #9198a1 }
      .card { fill: #0d1117; stroke: #3d444d }
      .bare { stroke: #9198a1 }
      rect.own { fill: #4493f8 }
      rect.now { fill: #9198a1 }
      rect.earlier { fill: #212830; stroke: #9198a1 }
    }
`

const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.codePointAt(0)};`)
/** What was taken earlier has no more digits than were written down. */
const shown = ({ ratio, kind }) =>
  `${kind === 'earlier' ? ratio : ratio < 10 ? ratio.toFixed(ratio < 3 ? 2 : 1) : Math.round(ratio)}×`

/** The three kinds of bar, as the legend names them. */
const KINDS = { own: 'keyturn', now: 'others, this run', earlier: 'others, earlier and elsewhere' }

const legend = (kinds, y) => {
  let x = MARGIN
  return kinds
    .map((kind) => {
      const at = x
      x += Math.round(22 + KINDS[kind].length * 6 + 12)
      return `<rect class="${kind}" x="${at}" y="${y - 10}" width="14" height="11" rx="2"/><text class="small" x="${at + 20}" y="${y}">${KINDS[kind]}</text>`
    })
    .join('\n  ')
}

/**
 * Bars from zero, the shortest on top.
 * @param {{ title: string, subtitle: string, bars: { name: string, ratio: number, kind: 'own' | 'now' | 'earlier' }[] }} chart
 */
export const barChart = ({ title, subtitle, bars }) => {
  const sorted = bars.toSorted((a, b) => a.ratio - b.ratio)
  const kinds = Object.keys(KINDS).filter((kind) => bars.some((bar) => bar.kind === kind))
  const left = MARGIN + LABELS
  const scale = (WIDTH - MARGIN - VALUES - left) / Math.max(...bars.map(({ ratio }) => ratio))
  const bottom = HEAD + sorted.length * LINE
  const height = bottom + 34
  const lines = sorted.map((bar, index) => {
    const { name, ratio, kind } = bar
    const y = HEAD + index * LINE
    const width = Math.max(2, ratio * scale)
    const own = kind === 'own' ? ' class="own"' : ''
    return [
      `<text${own} x="${left - 8}" y="${y + 15}" text-anchor="end">${escaped(name)}</text>`,
      `<rect class="${kind}" x="${left}" y="${y + 3}" width="${width.toFixed(1)}" height="16" rx="2"/>`,
      `<text class="value${kind === 'own' ? ' own' : ''}" x="${(left + width + 6).toFixed(1)}" y="${y + 15}">${shown(bar)}</text>`,
    ].join('')
  })
  const told = sorted.map((bar) => `${bar.name} ${shown(bar)}${bar.kind === 'earlier' ? ' (earlier)' : ''}`)
  const bare = (left + scale).toFixed(1)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title told">
  <title id="title">${escaped(title)}</title>
  <desc id="told">${escaped(`${subtitle}: ${told.join(', ')}`)}</desc>
  <style>${STYLE}  </style>
  <rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>
  <text class="title" x="${MARGIN}" y="28">${escaped(title)}</text>
  <text class="small" x="${MARGIN}" y="48">${escaped(subtitle)}</text>
  ${lines.join('\n  ')}
  <line class="bare" x1="${bare}" x2="${bare}" y1="${HEAD}" y2="${bottom}"/>
  ${legend(kinds, bottom + 20)}
</svg>
`
}
