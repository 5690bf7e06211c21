/** A reference server in a process of its own, to be killed. argv: the file that it keeps its data in. */
import { setTimeout as sleep } from 'node:timers/promises'
import { startReferenceServer } from '../../src/reference-server.ts'

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const [path = ''] = process.argv.slice(2)
startReferenceServer({
  services: ['zectre'],
  ports: 'free',
  scryptCost: 2,
  data: {
    path,
    tools: {
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      wait: (milliseconds) => sleep(milliseconds),
      tell: (message) => void process.stderr.write(`${message}\n`),
      processes: { pid: process.pid, isRunning },
    },
  },
}).then(
  ({ addresses }) => process.stdout.write(`${addresses.zectre}\n`),
  (error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  },
)
