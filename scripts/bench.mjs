// How fast the built program starts and asks, what it weighs, and how it grows: beside `node -e 0`, on every Node, and
// beside others of its kind that are installed. Prints the tables, and writes docs/benchmarks.md with its charts. A
// benchmark, not a test: what can't be measured is said, and nothing fails.
//   --quick   fewer pairs, this Node only, smaller sizes; writes nothing
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { measureApproval } from './bench/approval.mjs'
import { measureExecutable } from './bench/executable.mjs'
import { startKeychain } from './bench/keychain.mjs'
import { KEYS, measureKeyLists, measureProfiles, PROFILES } from './bench/lists.mjs'
import { describeMachine } from './bench/machine.mjs'
import { installed, pack } from './bench/package.mjs'
import { writePage } from './bench/page.mjs'
import { findPeer, measurePeer, PEERS } from './bench/peers.mjs'
import { makePlace } from './bench/place.mjs'
import * as report from './bench/report.mjs'
import { measurePolls, measureSignIns, PENDING } from './bench/server.mjs'
import { startService } from './bench/service.mjs'
import { measureRow, startUpRows } from './bench/start-up.mjs'
import { binary, fetchNodes, VERSIONS } from './node-versions.mjs'
import { root, seconds } from './run.mjs'

const quick = process.argv.includes('--quick')
const FULL = { pairs: 21, peerPairs: 15, lists: 5, approvals: 7, seconds: 4, sizes: [KEYS, PROFILES, PENDING] }
const QUICK = {
  pairs: 5,
  peerPairs: 3,
  lists: 1,
  approvals: 2,
  seconds: 1,
  sizes: [
    [10, 1_000],
    [1, 100],
    [10, 1_000],
  ],
}
const plan = quick ? QUICK : FULL
const [keySizes, profileSizes, pendingSizes] = plan.sizes

const own = process.version.slice(1)
const { version: keyturn } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const note = (text) => console.error(text)

const parts = []
let isWhole = true
/** Says how long it takes; what can't be measured is told in its place. */
const part = async (title, measure) => {
  const start = performance.now()
  note(`${title} …`)
  const text = await measure().catch((error) => {
    isWhole = false
    return `This could not be measured: ${error.message.trim()}`
  })
  note(`  ${seconds(start)}`)
  console.log(`\n## ${title}\n\n${text}`)
  parts.push({ title, text })
}

const lineOf = (version) => Number.parseInt(version, 10)

/** The newest of each line of Node; the one that runs this, for its line. */
const nodesAtHand = async () => {
  const trouble = quick ? 'for a quick look one is enough' : await fetchNodes()
  if (trouble !== null) {
    note(`on Node ${own} alone: ${trouble.trim()}`)
    return new Map([[own, process.execPath]])
  }
  const newest = new Map([...VERSIONS, own].map((version) => [lineOf(version), version]))
  const sorted = [...newest.values()].sort((a, b) => lineOf(a) - lineOf(b))
  return new Map(sorted.map((version) => [version, version === own ? process.execPath : binary(version)]))
}

const start = performance.now()
const machine = describeMachine()
const place = makePlace()
const open = [() => place.remove()]
const close = () => {
  for (const each of open.splice(0).reverse()) each()
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    close()
    process.exit(1)
  })
}

const bench = async () => {
  note('building and packing …')
  const packed = await pack(place)
  const nodes = await nodesAtHand()
  const service = await startService(place.path)
  open.push(service.close)
  if (service.https === null) note('without the row over https: openssl is missing')
  const keychain = await startKeychain(place)
  if (keychain.missing === null) open.push(keychain.close)
  else note(`without a real keychain: ${keychain.missing} missing`)

  const startUp = startUpRows({ place, service, keychain }).map((row) => ({ row, on: {} }))
  const peers = {}
  await part('One command', async () => {
    for (const [version, node] of nodes) {
      note(`  on Node ${version} …`)
      for (const { row, on } of startUp) on[version] = await measureRow(row, node, plan.pairs)
    }
    return report.startUpTable([...nodes.keys()], startUp)
  })
  await part(`Time and memory on Node ${own}`, async () => report.oneNodeTable(own, startUp))
  await part('Others', async () => {
    for (const name of PEERS) {
      const command = findPeer(name)
      try {
        if (command === null) note(`  without ${name}, which is not installed`)
        else peers[name] = measurePeer(name, command, { place, service }, plan.peerPairs)
      } catch (error) {
        note(`  without ${name}: ${error.message.trim()}`)
      }
    }
    return report.peersText(own, startUp, peers)
  })
  await part('What an install brings', async () => {
    const on = await installed(packed, place)
    if (on === null) note('  the packed file could not be installed here')
    return report.packageTable({ packed, on })
  })
  if (!quick) {
    await part('The executable', async () =>
      report.executableText(await measureExecutable({ place, service }, plan.peerPairs)),
    )
  }
  await part('From the approval to the key', async () =>
    report.approvalText(await measureApproval(place, plan.approvals)),
  )
  await part('As keys get more', async () =>
    report.keyListsText(await measureKeyLists({ place, service, times: plan.lists, sizes: keySizes })),
  )
  await part('As profiles get more', async () =>
    report.profilesText(await measureProfiles({ place, times: plan.peerPairs, sizes: profileSizes })),
  )
  await part('The reference server', async () => {
    const polls = await measurePolls({ place, seconds: plan.seconds, sizes: pendingSizes })
    const signIns = await measureSignIns({ place, seconds: plan.seconds })
    return `${report.pollsTable(polls)}\n\n${report.signInsText(signIns)}`
  })
  if (quick) return
  if (!isWhole) {
    console.log('\ndocs/benchmarks.md stays as it is: not everything could be measured')
    return
  }
  const date = new Date().toISOString().slice(0, 10)
  writePage({ parts, machine, date, keyturn, version: own, startUp, peers })
  console.log('\nwritten: docs/benchmarks.md and its charts')
}

try {
  await bench()
} catch (error) {
  console.error(`the benchmark could not be run: ${error.stack}`)
} finally {
  close()
  note(`all of it: ${seconds(start)}`)
}
