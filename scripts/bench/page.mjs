// docs/benchmarks.md and its charts, from one run.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../run.mjs'
import { barChart } from './chart.mjs'
import { EARLIER } from './peers.mjs'

const FOLDER = join(root, 'docs', 'benchmarks')

/** The others: as they are here, else as they were earlier. */
const others = (here, what) =>
  [...new Set([...Object.keys(here), ...Object.keys(EARLIER)])].flatMap((name) => {
    if (here[name]?.[what]) return [{ name, ratio: here[name][what].ratio, kind: 'now' }]
    const ratio = EARLIER[name]?.[what]
    return ratio === undefined ? [] : [{ name, ratio, kind: 'earlier' }]
  })

const subtitle = (version) => `whole process, in times of an empty Node ${version} (dashed line)`

/** @returns the charts by their file's name */
export const charts = ({ version, startUp, peers }) => {
  const own = (row, name) => {
    const ratio = startUp.find((each) => each.row.name === row)?.on[version]?.ratio
    return ratio === undefined ? [] : [{ name, ratio, kind: 'own' }]
  }
  return {
    'start.svg': barChart({
      title: 'What --version takes',
      subtitle: subtitle(version),
      bars: [...own('`--version`', 'keyturn'), ...others(peers, '--version')],
    }),
    'asking.svg': barChart({
      title: 'Signed in, one question to the service',
      subtitle: subtitle(version),
      bars: [
        ...own('`account show`, http', 'keyturn'),
        ...own('`account show`, https', 'keyturn, https'),
        ...own('`account show`, keychain', 'keyturn, keychain'),
        ...others(peers, 'asking'),
      ],
    }),
  }
}

const HOW = `Every time is that of a whole process, seen from outside, and was taken in turn with \`node -e 0\` of the same Node (A B A
B …). The ratio is the median of the ratios of the pairs, and the figure to trust; milliseconds are this machine's. The
environment is made from nothing: \`NODE_EXTRA_CA_CERTS\` and \`SSL_CERT_*\`, which slow every start and flatter every ratio,
are not in it. Output goes to a pipe, the network is loopback, files are in the page cache. **Bold** is over the limit that
this project sets itself; nothing fails for it. Memory is what was resident at most, looked at every millisecond.

\`account show\` asks a service in a process of its own, which has its answer ready. Without a keychain the key is in
\`KEYTURN_API_KEY\`; the keychain is GNOME's. Over https the certificate is checked, beside the authorities that Node
brings, as ever.`

/** Above it, one other process at least had work for half of the time. */
const BUSY = 0.5
const BUSINESS = `The machine had other work meanwhile. That lengthens the longer of a pair more: on a machine that has none the ratios are
lower.

`

const SEEN = {
  'start.svg': 'How long --version takes, keyturn and others, as bars; the figures stand below',
  'asking.svg': 'How long one question to the service takes, signed in, as bars; the figures stand below',
}

/** @param {{ parts: { title: string, text: string }[], machine: object, date: string, keyturn: string, version: string }} run */
export const pageOf = ({ parts, machine, date, keyturn, version }) => {
  const { cpu, cores, gigabytes, os, arch, load } = machine
  const pictures = Object.entries(SEEN).map(([name, seen]) => `![${seen}](benchmarks/${name})`)
  return `# Benchmarks

\`npm run bench\` measures this, writes this page and draws its charts; \`npm run bench -- --quick\` only prints, with fewer
pairs.

| | |
|---|---|
| date | ${date} |
| machine | ${cpu}, ${cores} cores, ${gigabytes} GB |
| system | ${os} (${arch}), load when it began ${load.toFixed(1)} |
| versions | keyturn ${keyturn}, Node ${version} unless another is named |

${load > BUSY ? BUSINESS : ''}${pictures.join('\n\n')}

${HOW}

${parts.map(({ title, text }) => `## ${title}\n\n${text}`).join('\n\n')}
`
}

export const writePage = (run) => {
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, svg] of Object.entries(charts(run))) writeFileSync(join(FOLDER, name), svg)
  writeFileSync(join(root, 'docs', 'benchmarks.md'), pageOf(run))
}
