import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { currentTest, runLedger } from './canary.ts'
import { PROGRAM, type Variables } from './environment.ts'
import type { Home } from './home.ts'
import { learnFromAnswer, learnFromStore } from './learn.ts'
import { NO_LEDGER, type Place } from './ledger.ts'
import { watchProcesses } from './process-traces.ts'

/** The homes in which the file was chosen to keep secrets in. */
const KEEPING_IN_FILE = new Set<string>()

/** For a test in which the file is agreed to in another way than by `--store file` or `KEYTURN_STORE=file`. */
export const keepsInFile = ({ path }: Home): void => void KEEPING_IN_FILE.add(path)

/** Writes down what can be seen of a program while it runs, and what it printed when `ended` is called; once. */
export const traceProgram = (pid: number, command: readonly string[], home: Home, env: Variables = {}) => {
  const ledger = home.ledger ?? runLedger()
  if (ledger === NO_LEDGER) return { ended: () => {} }
  const test = currentTest()
  const where = command.slice(command.indexOf(PROGRAM) + 1).join(' ')
  const args = command.includes(PROGRAM) ? command.slice(command.indexOf(PROGRAM) + 1) : []
  if (env.KEYTURN_STORE === 'file' || /--store[ =]file/.test(where)) keepsInFile(home)
  const stop = watchProcesses(pid, ({ command: seen, environment }) => {
    const text = seen.split('\0').join(' ')
    ledger.write({ place: 'arguments', where: text, test, text: seen })
    if (environment !== null) ledger.write({ place: 'environment', where: text, test, text: environment })
  })
  let isOver = false
  return {
    ended: (printed: Partial<Record<Place, string>>) => {
      if (isOver) return
      isOver = true
      stop()
      for (const [place, text] of Object.entries(printed) as [Place, string][]) {
        if (text !== '') ledger.write({ place, where, test, text })
      }
      if (!isForPrinting(args)) return
      for (const secret of learnFromAnswer(printed.stdout ?? '', ledger)) {
        ledger.write({ meant: secret, place: 'stdout', test, learned: true })
      }
    },
  }
}

/** What these answer is a secret of the service's; that it may be answered holds for them alone. */
const isForPrinting = ([first, second]: readonly string[]): boolean =>
  first === 'token' || (first === 'keys' && (second === 'create' || second === 'rotate'))

/** Writes down every file of a folder, by name and content, before it goes. */
export const traceFiles = (folder: string, ledger = runLedger()): void => {
  if (ledger === NO_LEDGER) return
  const test = currentTest()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const where = relative(folder, path)
    const text = readFileSync(path, 'utf8')
    const isStore = KEEPING_IN_FILE.has(folder) && isCredentials(path)
    if (isStore) learnFromStore(text, ledger)
    ledger.write({ place: isStore ? 'store' : 'file', where, test, text: `${where}\n${text}` })
  }
}

/** The store, what a kill left of a write to it, or a damaged one that was set aside; and for its owner alone. */
const isCredentials = (path: string): boolean =>
  /^(credentials\.json(\.damaged-.*)?|\.credentials\.json\.[0-9a-f]+\.tmp)$/.test(basename(path)) &&
  (statSync(path).mode & 0o077) === 0
