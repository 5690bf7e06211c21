// What was measured, as Markdown: each part is printed as soon as it is there, and all of them are the page.
import { LIST_WAYS, PROFILE_WAYS } from './lists.mjs'
import { EARLIER, EARLIER_WHEN } from './peers.mjs'
import { limitOf } from './start-up.mjs'
import { growth } from './statistics.mjs'
import { count, megabytes, milliseconds, table, times } from './table.mjs'

/** The best of the others for each kind of command, as it was taken earlier. */
const BEST = {
  '`--version`': '1.6× (sentry)',
  '`--help`': '1.6× (sentry)',
  '`keys --help`': '1.6× (sentry)',
  '`status --offline`, file store': '1.7× (gh)',
  '`account show`, http': '1.7–1.8× (gh)',
}
const MOST_MEMORY = 60 * 1024 * 1024

const orBold = (text, isOver) => (isOver ? `**${text}**` : text)

/** @param {{ row: object, on: Record<string, { ratio: number }> }[]} measured by the version of Node */
export const startUpTable = (versions, measured) =>
  table(
    ['command', 'at most', ...versions.map((version) => `Node ${version}`), 'best of the others'],
    measured.map(({ row, on }) => [
      row.name,
      row.onNode20 === undefined ? times(row.limit) : `${times(row.limit)} (Node 20: ${times(row.onNode20)})`,
      ...versions.map(
        (version) => on[version] && orBold(times(on[version].ratio), on[version].ratio > limitOf(row, version)),
      ),
      BEST[row.name] ?? null,
    ]),
  )

export const oneNodeTable = (version, measured) =>
  table(
    ['command', 'time', '`node -e 0` beside it', 'memory at most'],
    measured.map(({ row, on: { [version]: figures } }) => [
      row.name,
      milliseconds(figures.ms),
      milliseconds(figures.bare),
      figures.peak && orBold(megabytes(figures.peak), row.asks && figures.peak > MOST_MEMORY),
    ]),
  )

/** What each is asked, and what keyturn has for it; signed out it asks nobody. */
const ASKED = {
  '--version': { title: '`--version`', own: '`--version`' },
  '--help': { title: '`--help`', own: '`--help`' },
  whoAmI: { title: 'who am I, signed out', own: null },
  asking: { title: 'signed in, one question', own: '`account show`, http' },
}
const TITLES = Object.values(ASKED).map(({ title }) => title)

/** @param {Record<string, object>} here what was measured of those that are installed */
export const peersText = (version, startUp, here) => {
  const ownOf = ({ own }) => startUp.find(({ row }) => row.name === own)?.on[version]
  const shown = (figures) => figures && times(figures.ratio)
  const now = [
    ['keyturn', ...Object.values(ASKED).map((asked) => shown(ownOf(asked)))],
    ...Object.entries(here).map(([name, peer]) => [name, ...Object.keys(ASKED).map((what) => shown(peer[what]))]),
  ]
  const earlier = Object.entries(EARLIER).map(([name, { installed, ...ratios }]) => [
    name,
    ...Object.keys(ASKED).map((what) => (ratios[what] === undefined ? null : `${ratios[what]}×`)),
    `${installed} MB`,
  ])
  return [
    'In this run, each in turn with `node -e 0`:',
    table(['', ...TITLES], now),
    `Taken earlier and elsewhere in the same way (${EARLIER_WHEN}):`,
    table(['', ...TITLES, 'installed'], earlier),
  ].join('\n\n')
}

const MOST_INSTALLED = { packages: 3, bytes: 6 * 1024 * 1024 }
/** As npm counts: a kB is a thousand bytes. */
const MOST_PACKED = 500_000

export const packageTable = ({ packed, on }) =>
  table(
    ['', 'at most', 'measured'],
    [
      [
        'packages of a global install',
        String(MOST_INSTALLED.packages),
        on && orBold(String(on.packages.length), on.packages.length > MOST_INSTALLED.packages),
      ],
      [
        'on disk',
        megabytes(MOST_INSTALLED.bytes),
        on && orBold(megabytes(on.bytes, 1), on.bytes > MOST_INSTALLED.bytes),
      ],
      ['the packed file', '500 kB', orBold(`${count(packed.bytes / 1000)} kB`, packed.bytes > MOST_PACKED)],
    ],
  )

export const executableText = ({
  node,
  bytes,
  rows,
}) => `\`npm run binary\` makes one file of ${megabytes(bytes)}, most of it Node ${node}.

${table(
  ['command', 'time', 'of `node -e 0`'],
  rows.map(([name, { ms, ratio }]) => [name, milliseconds(ms), times(ratio)]),
)}`

const MOST_BEYOND = 150

export const approvalText = ({ beyond, worst, times: runs }) =>
  `From the approval to the stored key, beyond one interval of asking: ${orBold(milliseconds(beyond), beyond > MOST_BEYOND)}
(the worst of ${runs}: ${milliseconds(worst)}; at most ${MOST_BEYOND} ms). The approval comes at the worst moment: just after
the terminal has asked.`

const growthTable = (ways, lines, more) =>
  table(
    ['', 'how many', 'time', ...Object.keys(more), 'memory at most'],
    lines.map((line) => [
      ways[line.way],
      count(line.size),
      line.failed ? null : milliseconds(line.ms),
      ...Object.values(more).map((show) => show(line)),
      megabytes(line.peak),
    ]),
  )

const growthText = (ways, lines) =>
  Object.entries(ways)
    .map(([way, title]) => [title, lines.filter((line) => line.way === way && !line.failed)])
    .filter(([, steps]) => steps.length > 1)
    .map(([title, steps]) => {
      const { thousand, tenfold } = growth(steps)
      if (thousand === null) return `- ${title}: too little to tell`
      const linear = tenfold === null ? '' : `; ten times as many take ${tenfold.toFixed(1)} times as long`
      return `- ${title}: ${thousand.toFixed(1)} ms for a thousand more${linear}`
    })
    .join('\n')

const titlesOf = (ways) => Object.fromEntries(Object.entries(ways).map(([way, { title }]) => [way, title]))

/** What is said of a list that is not shown, once for each thing that is said. */
const refusals = (lines) => {
  const failed = lines.filter((line) => line.failed)
  const told = [...new Set(failed.map((line) => line.failed))].map((what) => {
    const those = failed.filter((line) => line.failed === what)
    const sizes = [...new Set(those.map((line) => count(line.size)))]
    return `Of ${sizes.join(' and ')} keys no list is shown, nor a part of one: exit code ${those[0].code}, “${what}”.`
  })
  return told.join('\n')
}

export const keyListsText = (lines) => {
  const firstByte = (line) => (line.failed || line.firstByte === null ? null : milliseconds(line.firstByte))
  const ways = titlesOf(LIST_WAYS)
  const grown = `Beyond the time of the fewest:\n\n${growthText(ways, lines)}`
  const texts = [growthTable(ways, lines, { 'first byte': firstByte }), refusals(lines), grown]
  return texts.filter((text) => text !== '').join('\n\n')
}

export const profilesText = (lines) => {
  const ways = Object.fromEntries(Object.entries(PROFILE_WAYS).map(([way, args]) => [way, `\`${args.join(' ')}\``]))
  const grown = `Beyond the time of the fewest:\n\n${growthText(ways, lines)}`
  return `${growthTable(ways, lines, { 'of `node -e 0`': (line) => times(line.ratio) })}\n\n${grown}`
}

export const pollsTable = (lines) =>
  table(
    ['sign-ins that wait', 'polls a second', '99 of 100 answered within', 'memory at most'],
    lines.map(({ size, polls, p99, peak }) => [count(size), count(polls), milliseconds(p99), megabytes(peak)]),
  )

export const signInsText = ({ signIns, peak }) =>
  `Whole sign-ins in a second, begun, approved with a password at its full cost, and the key fetched: ${signIns.toFixed(1)},
four at a time${peak === null ? '' : `, with ${megabytes(peak)} at most`}.`
