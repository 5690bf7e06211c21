import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { importsOf, readSources } from './harness/sources.ts'

const COMMANDS = ['vocabulary/', 'terminal/', 'services/registry.ts', 'services/service.ts', 'session/', 'app.ts']

/**
 * Who may import whom: every arrow points up this list, so there is no circle. A room is a folder of src/ or a file;
 * the longest name that fits a file is its room. A room may always import itself.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'vocabulary/': [],
  'files/': ['vocabulary/'],
  'http/': ['vocabulary/'],
  'secrets/': ['vocabulary/', 'files/'],
  'settings/': ['vocabulary/', 'files/'],
  'terminal/': ['vocabulary/'],
  'server/': ['vocabulary/'],
  'services/service.ts': ['vocabulary/', 'http/', 'server/'],
  // One service: the star is its name, and no room may import another of them.
  'services/*/': ['vocabulary/', 'http/', 'server/', 'services/service.ts'],
  'services/registry.ts': ['vocabulary/', 'services/service.ts', 'services/*/index.ts'],
  'services/table.ts': ['services/registry.ts', 'services/service.ts'],
  'session/': ['vocabulary/', 'http/', 'secrets/', 'settings/', 'services/registry.ts', 'services/service.ts'],
  'app.ts': ['vocabulary/', 'files/', 'http/', 'secrets/', 'settings/', 'terminal/', 'services/service.ts', 'session/'],
  'commands/': COMMANDS,
  'doctor/': [
    'vocabulary/',
    'files/',
    'http/',
    'secrets/',
    'settings/',
    'terminal/',
    'services/registry.ts',
    'services/service.ts',
    'session/',
  ],
  'executable/': ['vocabulary/', 'files/private-file.ts', 'secrets/keychain-protocol.ts'],
  'executable/program.ts': ['main.ts'],
  'reference-data.ts': ['vocabulary/', 'files/', 'server/'],
  'reference-server.ts': ['vocabulary/', 'server/', 'services/registry.ts', 'services/service.ts', 'reference-data.ts'],
  'commands/doctor.ts': [...COMMANDS, 'commands/', 'doctor/'],
  'commands/serve.ts': [...COMMANDS, 'commands/', 'reference-server.ts'],
  'commands/services.ts': [...COMMANDS, 'commands/', 'services/table.ts'],
  'asks-for-json.ts': [],
  'json-option.ts': ['vocabulary/', 'commands/fields.ts'],
  // What is said of commands, and nothing of what they do.
  'manual/': ['vocabulary/', 'terminal/wrap.ts'],
  'command-line.ts': [
    'vocabulary/',
    'manual/',
    'commands/index.ts',
    'commands/command.ts',
    'commands/candidates.ts',
    'json-option.ts',
    'global-options.ts',
    'perform.ts',
  ],
  'global-options.ts': ['app.ts'],
  'perform.ts': ['commands/command.ts', 'app.ts', 'global-options.ts'],
  'plain-line.ts': ['commands/index.ts', 'commands/command.ts', 'global-options.ts'],
  'compose.ts': [
    'vocabulary/',
    'files/',
    'http/',
    'secrets/',
    'settings/',
    'terminal/',
    'session/',
    'app.ts',
    'global-options.ts',
  ],
  'main.ts': [''],
  // The answers that need no program are read from a file; for all else it loads main.
  'start.ts': ['main.ts', 'kept-code/'],
  // The one is in what the program begins with, and so are its imports.
  'kept-code/load.ts': [],
  'kept-code/keep.ts': ['kept-code/load.ts'],
}

/** Only types may cross here. */
const TYPES_ONLY = ['app.ts']

/** What reaches out of the program, and the rooms that may hold it; the rest of Node's modules only compute. */
const FROM_OUTSIDE: Record<string, readonly string[]> = {
  'node:child_process': ['secrets/', 'terminal/', 'files/git.ts'],
  // Whom the system trusts, where Node does not tell.
  'node:fs': [
    'files/',
    'http/system-authorities.ts',
    'terminal/late-output.ts',
    'compose.ts',
    'start.ts',
    'kept-code/',
    'executable/',
  ],
  'node:fs/promises': ['files/'],
  // The loopback port that a browser comes back to is the session's own.
  'node:http': ['http/', 'server/', 'session/loopback.ts'],
  'node:https': ['http/'],
  // A FIFO is read as a socket is, so that it can be let go of.
  'node:net': ['http/', 'server/', 'secrets/read-over-bus.ts', 'session/loopback.ts', 'files/named-file.ts'],
  'node:process': ['main.ts', 'secrets/keychain-child.ts'],
  'node:tls': ['http/'],
  '@clack/prompts': ['terminal/'],
  '@hono/node-server': ['server/'],
  '@napi-rs/keyring': ['secrets/'],
  '@valibot/to-json-schema': ['server/'],
  chalk: ['terminal/'],
  commander: ['commands/', 'command-line.ts', 'global-options.ts', 'plain-line.ts', 'manual/'],
  hono: ['server/', 'services/'],
  jose: ['server/', 'services/'],
  'jq-wasm': ['terminal/jq-worker.ts'],
  'lean-qr': ['terminal/'],
  open: ['terminal/'],
  oauth4webapi: ['session/issuer.ts', 'session/issuer-words.ts'],
  ora: ['terminal/'],
  valibot: ['http/', 'server/', 'services/', 'secrets/', 'settings/'],
}

const fits = (file: string, room: string): boolean =>
  new RegExp(`^${room.replaceAll('.', '\\.').replace('*', '[^/]+')}${/\.ts$/.test(room) ? '$' : ''}`).test(file)

const complaintsAbout = (sources: Map<string, string>): string[] =>
  [...sources].flatMap(([file, source]) => {
    const room = Object.keys(MAY_IMPORT)
      .filter((name) => fits(file, name))
      .sort((a, b) => b.length - a.length)[0]
    if (room === undefined) return [`${file} is in no room`]
    const own = room.endsWith('*/') ? `${posix.dirname(file).split('/').slice(0, 2).join('/')}/` : room
    return importsOf(file, source).flatMap(({ from, typeOnly }) => {
      const target = posix.join(posix.dirname(file), from)
      if (!from.startsWith('.')) {
        const name = Object.keys(FROM_OUTSIDE).find(
          (known) => from === known || (!/^node:/.test(known) && from.startsWith(`${known}/`)),
        )
        const free =
          typeOnly ||
          (name === undefined ? from.startsWith('node:') : FROM_OUTSIDE[name]?.some((may) => fits(file, may)))
        return free ? [] : [`${file} may not use ${from}`]
      }
      if (TYPES_ONLY.includes(room) && !typeOnly) return [`${file} may import only types, not ${target}`]
      return fits(target, own) || MAY_IMPORT[room]?.some((may) => fits(target, may))
        ? []
        : [`${file} may not import ${target}`]
    })
  })

test('every room imports only what the table lets it', () => {
  const sources = readSources()
  expect(sources.size).toBeGreaterThan(20)
  expect(complaintsAbout(sources)).toEqual([])
})

test.each([
  ['vocabulary/a.ts', `import { b } from '../http/b.ts'`],
  ['vocabulary/a.ts', `import type { B } from '../http/b.ts'`],
  ['http/a.ts', `export { b } from '../session/b.ts'`],
  ['http/a.ts', `export * from '../session/b.ts'`],
  ['terminal/a.ts', `const b = async () => await import('../commands/b.ts')`],
  ['terminal/a.ts', `type B = import('../commands/b.ts').B`],
  ['services/zectre/client.ts', `import '../restume/wire.ts'`],
  ['services/zectre/client.ts', `import '../registry.ts'`],
  ['services/registry.ts', `import { client } from './zectre/client.ts'`],
  ['server/app.ts', `import '../services/zectre/wire.ts'`],
  ['session/a.ts', `import { wire } from '../services/zectre/wire.ts'`],
  ['session/a.ts', `import type { App } from '../app.ts'`],
  ['app.ts', `import { table } from './terminal/table.ts'`],
  ['commands/login.ts', `import '../reference-server.ts'`],
  ['commands/login.ts', `import '../http/connect.ts'`],
  ['commands/login.ts', `import { request } from 'node:https'`],
  ['services/zectre/client.ts', `import { readFileSync } from 'node:fs'`],
  ['http/direct.ts', `import something from 'unheard-of'`],
  ['server/page.ts', `import chalk from 'chalk'`],
  ['cupboard/a.ts', ``],
])('%s is caught at %s', (file, source) => {
  expect(complaintsAbout(new Map([[file, source]]))).toHaveLength(1)
})

test.each([
  ['http/a.ts', `import { b } from './b.ts'; import * as v from 'valibot'; import { hash } from 'node:crypto'`],
  [
    'services/zectre/client.ts',
    `import './wire.ts'; import '../service.ts'; import type { Http } from '../../http/http.ts'`,
  ],
  ['services/registry.ts', `import { zectre } from './zectre/index.ts'`],
  ['commands/serve.ts', `const start = () => import('../reference-server.ts')`],
  ['app.ts', `import type { Terminal } from './terminal/terminal.ts'`],
  ['main.ts', `import { commands } from './commands/index.ts'; import './http/direct.ts'`],
  ['terminal/a.ts', `// import '../http/b.ts'\nconst text = "import '../http/b.ts'"`],
])('%s is free to write %s', (file, source) => {
  expect(complaintsAbout(new Map([[file, source]]))).toEqual([])
})
