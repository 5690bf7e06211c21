/** A machine on which a page's commands are typed as they stand: the reference server is in the place of each service. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { onTestFinished } from 'vitest'
import { startReferenceServer } from '../../src/reference-server.ts'
import { services } from '../../src/services/registry.ts'
import { meant, runLedger } from '../harness/canary.ts'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { learnFromAnswer } from '../harness/learn.ts'
import { CTRL_C, ENTER, startCommandInTerminal } from '../harness/terminal.ts'

/** What the pages call the address of another server, and which service that is. */
const ELSEWHERE = 'https://zectre.example.com'
const ORG = 'org_EXAMPLE'
/** What the pages take for granted. */
const FILES = { 'deploy.sh': '#!/bin/sh\ntest -n "$KEYTURN_API_KEY$KEYTURN_TOKEN"\n', 'password.txt': '' }

export const machine = async () => {
  const home = freshHome()
  const server = await startReferenceServer({ ports: 'free', seed: true, scryptCost: 2 })
  onTestFinished(() => server.close())
  const { email = '', password = '' } = server.seeded[0] ?? {}
  const addressOf = (name: string) => server.addresses[name] ?? ''

  const bin = join(home.path, 'bin')
  mkdirSync(bin)
  const put = (path: string, text: string) => {
    writeFileSync(join(home.path, path), text)
    chmodSync(join(home.path, path), 0o700)
  }
  // A service's usual address is the reference server's here; and that itself listens wherever there is room.
  const usual = services.map(({ name }) => `  ${name}) export KEYTURN_URL="\${KEYTURN_URL:-${addressOf(name)}}" ;;`)
  put(
    'bin/keyturn',
    `#!/bin/sh
service=$KEYTURN_SERVICE
for word; do case $word in ${services.map(({ name }) => name).join('|')}) service=$word ;; esac; done
case $service in
${usual.join('\n')}
esac
if [ "$1" = serve ]; then set -- "$@" --port 0; fi
exec "${NODE}" "${PROGRAM}" "$@"
`,
  )
  for (const [name, text] of Object.entries({ ...FILES, 'password.txt': `${password}\n` })) put(name, text)

  const letter = () => `${server.outbox.at(-1)?.code}${ENTER}`
  const [, org = ''] = /--org (\S+)/.exec(server.seeded.map(({ note }) => note).join()) ?? []

  /** A person at the terminal, and in the browser. */
  const answers: [RegExp, () => string | null][] = [
    [/password[^\n]*\(not shown\): $/, () => password + ENTER],
    [/(?:^|\n)(?:username or )?email: $/, () => email + ENTER],
    [/the (?:code|token) from the mail[^\n]*: $/, letter],
    [/\(yes or no\): $/, () => `yes${ENTER}`],
    [/Ctrl-C ends it/, () => CTRL_C],
  ]
  const approved = new Set<string>()
  const answer = (printed: string): string | null => {
    const text = stripVTControlCharacters(printed).replaceAll('\r', '')
    for (const [, code = ''] of text.matchAll(/\/auth\/cli\?code=([\w-]+)\s(?=[\s\S]*waiting for)/g)) {
      if (approved.has(code)) continue
      approved.add(code)
      void server.approve(code)
    }
    return answers.find(([question]) => question.test(text))?.[1]() ?? null
  }

  return {
    home,
    server,
    /** Gives what a person sees, with the usual addresses in it; `meansSecrets`: it is there to show some. */
    type: async (block: string) => {
      const env = {
        PATH: `${bin}:${process.env.PATH}`,
        KEYTURN_CONFIG_DIR: undefined,
        KEYTURN_STORE: 'file',
        KEYTURN_BROWSER: 'true',
        // Questions on lines of their own.
        ACCESSIBLE: '1',
        SHELL: '/bin/bash',
      }
      const script = block.replaceAll(ELSEWHERE, addressOf('zectre')).replaceAll(ORG, org)
      const terminal = startCommandInTerminal(['bash', '-ec', script], {
        home,
        env,
        columns: 500,
        answer,
        timeout: 60_000,
      })
      // What never comes fails with what is on the screen.
      const { code } = await Promise.race([terminal.ended, terminal.waitFor(/(?!)/).then(() => terminal.ended)])
      const printed = stripVTControlCharacters(terminal.printed()).replaceAll('\r', '')
      for (const secret of learnFromAnswer(printed, runLedger())) meant(secret, 'terminal')
      const shown = services.reduce(
        (text, { name, url }) => text.replaceAll(addressOf(name), url),
        printed.replaceAll(home.path, '~'),
      )
      return { code: code === 130 && printed.includes('Ctrl-C ends it') ? 0 : code, shown }
    },
    /** A key, as somebody has it in a file. */
    putKey: async (path: string) => {
      const zectre = addressOf('zectre')
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ email, password })
      const login = await fetch(`${zectre}/api/v1/auth/login`, { method: 'POST', headers, body })
      const { token } = (await login.json()) as { token: string }
      const made = await fetch(`${zectre}/api/v1/api-keys`, {
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${token}` },
        body: JSON.stringify({ name: path }),
      })
      const { key } = (await made.json()) as { key: string }
      put(path, `${key}\n`)
      meant(key, 'file')
    },
  }
}
