// One minute with keyturn: installs, builds, starts the reference server in this process, and takes a person through a
// real sign-in with the built program. Leaves nothing behind.
//   --yes   asks nobody: approves the sign-in by itself (always so without a terminal)
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters, styleText } from 'node:util'
import { install, isInstalled } from './install.mjs'
import { root, run, seconds } from './run.mjs'

const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? styleText('bold', text) : text)
const say = (text = '') => console.log(text)

/** The program was stopped, by a person or the system; what it had begun is put away all the same. */
class Stopped extends Error {
  constructor(signal) {
    super(`stopped by ${signal}`)
    this.exitCode = signal === 'SIGINT' ? 130 : 143
  }
}

let child = null
let stopped = null
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stopped ??= new Stopped(signal)
    // From a keyboard Ctrl-C has reached it already, and a second one is no different. It hears every other end as
    // Ctrl-C too: then it forgets a sign-in that waits, which it would otherwise keep for the next time.
    if (!(signal === 'SIGINT' && process.stdin.isTTY)) child?.kill('SIGINT')
  })
}
const goOn = () => {
  if (stopped) throw stopped
}

const prepare = async (name, work) => {
  const start = performance.now()
  process.stdout.write(`${name} … `)
  const complaint = await work()
  goOn()
  say(complaint === null ? seconds(start) : 'failed')
  if (complaint !== null) throw new Error(complaint)
}

const newest = (folder) =>
  Math.max(...readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, String(name))).mtimeMs))
const isBuilt = () => {
  const built = statSync(join(root, 'dist', 'server.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return built > Math.max(newest(join(root, 'src')), statSync(join(root, 'package.json')).mtimeMs)
}
const build = async () => {
  const { code, output } = await run(process.execPath, ['scripts/build.mjs'], { quiet: true })
  return code === 0 ? null : output
}

const config = mkdtempSync(join(tmpdir(), 'keyturn-demo-'))
const profile = `demo-${randomBytes(3).toString('hex')}`
/** The person's own, without what would change which account, service or store is meant. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^KEYTURN_(?!BROWSER$|STORE$)/.test(name) && name !== 'NODE_EXTRA_CA_CERTS',
  ),
)
env.KEYTURN_CONFIG_DIR = config
env.NO_PROXY = [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1', 'localhost'].filter(Boolean).join(',')
env.no_proxy = env.NO_PROXY

/**
 * Runs the built program. `watch` is given what it prints on stderr so far, each time there is more of it; `quiet` shows
 * none of it. Otherwise it has this terminal to itself.
 */
const keyturn = (args, { watch = null, quiet = false } = {}) =>
  new Promise((resolve, reject) => {
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['inherit', 'inherit', watch ? 'pipe' : 'inherit']
    child = spawn(process.execPath, [join(root, 'bin', 'keyturn.js'), ...args, '--profile', profile], { env, stdio })
    let stderr = ''
    child.stdout?.resume()
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      stderr += text
      if (!quiet) process.stderr.write(text)
      watch?.(stderr)
    })
    child.once('error', reject)
    child.once('close', (code) => {
      child = null
      resolve({ code: code ?? 1, stderr })
    })
  })

/** A step that a person sees: why, the command as they would type it, what it says. */
const show = async (why, args, options) => {
  goOn()
  say(`\n${why}\n`)
  say(bold(`$ keyturn ${args.join(' ')} --profile ${profile}`))
  const { code } = await keyturn(args, options)
  goOn()
  // Where a password is typed, Ctrl-C is a key and not a signal.
  if (code === 130) throw new Stopped('SIGINT')
  if (code !== 0) throw new Error(`"keyturn ${args[0]}" ended with exit code ${code}`)
}

/** The program proves its store before it calls anybody, so a call to nobody tells of the store alone. */
const keychainTrouble = async () => {
  const nobody = 'http://127.0.0.1:1'
  const probe = ['login', 'zectre', '--url', nobody, '--store', 'keychain', '--no-browser', '--no-input', '--json']
  const { code, stderr } = await keyturn(probe, { quiet: true })
  if (code !== 8) return null
  try {
    return JSON.parse(stderr.trim().split('\n').at(-1)).error.message
  } catch {
    return 'it did not say why'
  }
}

const isTerminal = process.stdin.isTTY && process.stdout.isTTY && process.stderr.isTTY
const alone = !isTerminal || process.argv.includes('--yes')
const hasBrowser = () => {
  if (env.KEYTURN_BROWSER) return true
  const remote = env.SSH_CONNECTION || env.SSH_TTY || env.SSH_CLIENT
  const container = existsSync('/.dockerenv') || existsSync('/run/.containerenv')
  const display = process.platform !== 'linux' || env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME
  return Boolean(!env.CI && !remote && !container && display)
}

/** What the page sends when a person approves, sent from here as soon as the program has shown its link. */
const approver = (api, { email, password }) => {
  let code = null
  const approve = async () => {
    say(`(nobody is here to open it, so this demo approves by itself: POST /api/v1/auth/cli/complete as ${email})`)
    const answer = await fetch(`${api}/api/v1/auth/cli/complete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, email, password }),
    })
    if (!answer.ok) throw new Error(`the approval was answered with ${answer.status}: ${await answer.text()}`)
  }
  return (printed) => {
    if (code) return
    code = /\/auth\/cli\?code=([^&\s]+)\s/.exec(stripVTControlCharacters(printed))?.[1] ?? null
    if (!code) return
    // A moment, so that the link is read before it is used.
    setTimeout(() => {
      approve().catch((error) => {
        say(error.message)
        child?.kill('SIGINT')
      })
    }, 1000)
  }
}

const signIn = async (api, seeded, store) => {
  const login = ['login', 'zectre', '--url', api, '--store', store]
  const kept = store === 'keychain' ? 'in the keychain of this machine' : 'in a file, readable by you alone'
  if (alone) {
    const why = `The program asks the server for a sign-in, shows a link to a page, and waits until somebody approves there.
Then it fetches a key and puts it ${kept}.`
    return show(why, [...login, '--no-browser'], { watch: approver(api, seeded) })
  }
  const account = `    email     ${bold(seeded.email)}\n    password  ${bold(seeded.password)}`
  if (hasBrowser()) {
    const why = `The program shows a link and opens it in your browser. Sign in there as the account that the server has:

${account}

and come back here: the key is fetched and kept ${kept}, and you never see or copy it.`
    return show(why, login)
  }
  const why = `There is no browser here, so the program asks for email and password itself. Type those of the account that the
server has:

${account}

The program gets a key for them and keeps it ${kept}.`
  return show(why, [...login, '--in-terminal'])
}

let server = null
let mayBeInKeychain = false
const demo = async () => {
  say(
    `${bold('keyturn')} signs you in to a service in the browser and keeps the key it gets where your machine keeps secrets.`,
  )
  say('This shows it with a real sign-in, against a server that runs only here and only now.\n')
  if (!isInstalled()) await prepare('installing what the build needs', install)
  if (!isBuilt()) await prepare('building the program', build)
  goOn()
  const { startReferenceServer } = createRequire(import.meta.url)('../dist/server.js')
  server = await startReferenceServer({ services: ['zectre'], ports: 'free', seed: true })
  const api = server.addresses.zectre
  const [seeded] = server.seeded
  say(`the server listens at ${api} and plays the service "zectre"`)
  const trouble = env.KEYTURN_STORE === 'file' ? 'KEYTURN_STORE=file says so' : await keychainTrouble()
  goOn()
  if (trouble !== null) {
    say(`there is no keychain to use here: ${trouble}`)
    say('so this demo keeps the key in a file, in a folder of its own')
    env.KEYTURN_STORE = 'file'
  }
  mayBeInKeychain = trouble === null
  await signIn(api, seeded, trouble === null ? 'keychain' : 'file')
  await show('Signed in. From now on every command uses that key. Whose is it?', ['account', 'show'])
  await show('And which keys does that account have at the service?', ['keys', 'list'])
  await show('That was all. Signing out ends the key at the service and removes it from this machine.', [
    'logout',
    '--yes',
  ])
}

/** Says what is gone, and only what was seen to be gone. */
const leaveNothing = async () => {
  let forgotten = true
  // 4: nobody is signed in any more, so there is nothing to forget. What is in a file goes with its folder.
  if (mayBeInKeychain) {
    const { code } = await keyturn(['logout', '--local', '--yes', '--json'], { quiet: true })
    forgotten = code === 0 || code === 4
  }
  await server?.close()
  rmSync(config, { recursive: true, force: true, maxRetries: 5 })
  if (!forgotten) say(`\nThe key of "${profile}" may still be in your keychain: look there for keyturn, ${profile}.`)
  else say('\nNothing is left: the server is stopped, and the key and the folder of this demo are gone.')
}

try {
  await demo()
} catch (error) {
  console.error(`\n${error.message.trimEnd()}`)
  process.exitCode = error.exitCode ?? 1
} finally {
  await leaveNothing()
}
if (!process.exitCode) say(`Try it on your own:  node bin/keyturn.js --help`)
process.exit()
