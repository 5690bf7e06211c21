/** Draws a recording as one SVG that plays by CSS alone; where nothing plays, its end is seen. */
import type { Recording, Shown } from './recording.ts'

const CELL = { width: 8.4, height: 19 }
const MARGIN = 12
/** How much larger than its letters are written it is shown, where there is room. */
const ZOOM = 1.2

const STYLE = `
svg{--page:#fff;--edge:#d1d9e0;--text:#1f2328;--green:#116329;--cyan:#1b7c83;--yellow:#7d4e00;--red:#cf222e;--blue:#0969da;--magenta:#8250df}
@media(prefers-color-scheme:dark){svg{--page:#0d1117;--edge:#3d444d;--text:#e6edf3;--green:#3fb950;--cyan:#56d4dd;--yellow:#e3b341;--red:#ff7b72;--blue:#79c0ff;--magenta:#d2a8ff}}
text{white-space:pre;fill:var(--text);font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.bold{font-weight:700}.dim{opacity:.7}.green{fill:var(--green)}.cyan{fill:var(--cyan)}.yellow{fill:var(--yellow)}.red{fill:var(--red)}.blue{fill:var(--blue)}.magenta{fill:var(--magenta)}
g{visibility:hidden}.last{visibility:visible}
`

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const short = (value: number): string => String(Number(value.toFixed(2)))

const drawn = ({ row, runs }: Shown): string => {
  const y = MARGIN + row * CELL.height + 14
  return runs
    .map(({ column, text, style }) => {
      const indent = text.length - text.trimStart().length
      const visible = text.trimStart()
      const x = short(MARGIN + (column + indent) * CELL.width)
      // As wide as on the grid, whichever font is there.
      const length = `textLength="${short(visible.length * CELL.width)}"`
      return `<text x="${x}" y="${y}" ${length}${style && ` class="${style}"`}>${escaped(visible)}</text>`
    })
    .join('')
}

/** `rest`: milliseconds for which the end is held before it all begins again. */
export const animatedSvg = (
  recording: Recording,
  { title, text, rest }: { title: string; text: string; rest: number },
) => {
  const { columns, rows, shown } = recording
  const length = recording.length + rest
  const width = Math.ceil(columns * CELL.width) + 2 * MARGIN
  const height = rows * CELL.height + 2 * MARGIN
  const spans = new Map<string, string>()
  for (const { from, until } of shown) {
    const span = `${from} ${until}`
    if (!spans.has(span)) spans.set(span, `s${spans.size}`)
  }
  const percent = (time: number) => `${short((time / length) * 100)}%`
  const keyframes = [...spans].map(([span, name]) => {
    const [from, until] = span.split(' ').map(Number)
    const start = from === 0 ? '' : `0%{visibility:hidden}`
    const end = Number.isNaN(until) ? '' : `${percent(until ?? 0)}{visibility:hidden}`
    const to = Number.isNaN(until) ? 'to{visibility:visible}' : 'to{visibility:hidden}'
    return `.${name}{animation-name:${name}}@keyframes ${name}{${start}${percent(from ?? 0)}{visibility:visible}${end}${to}}`
  })
  const groups = [...spans].map(([span, name]) => {
    const there = shown.filter(({ from, until }) => `${from} ${until}` === span)
    const last = there[0]?.until === null ? ' last' : ''
    return `<g class="${name}${last}">${there.map(drawn).join('')}</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${Math.round(width * ZOOM)}" role="img" aria-labelledby="title text">
<title id="title">${escaped(title)}</title>
<desc id="text">
${escaped(text)}
</desc>
<style>${STYLE}@media(prefers-reduced-motion:no-preference){
g{animation:${short(length / 1000)}s step-end infinite}
${keyframes.join('\n')}
}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="var(--page)" stroke="var(--edge)"/>
${groups.join('\n')}
</svg>
`
}

/** The end of a recording. */
export const stillOf = (recording: Recording): Recording => ({
  ...recording,
  length: 0,
  shown: recording.shown.filter(({ until }) => until === null).map((shown) => ({ ...shown, from: 0 })),
})

/** The words of a picture that was drawn so. */
export const textOf = (svg: string): string =>
  (/<desc id="text">\n([\s\S]*?)\n<\/desc>/.exec(svg)?.[1] ?? '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
