// What the scripts here share: where the project is, and how another program is run. Node's own parts only, since these
// lines run before anything is installed.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Runs a program to its end. `quiet` keeps what it prints and gives it back instead of showing it. After `timeout`
 * milliseconds it is killed, and has failed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv, cwd?: string, timeout?: number }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export const run = (command, args, { quiet = false, env = process.env, cwd = root, timeout } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    })
    const printed = []
    child.stdout?.on('data', (chunk) => printed.push(chunk))
    child.stderr?.on('data', (chunk) => printed.push(chunk))
    const end = (code) => {
      clearTimeout(deadline)
      resolve({ code: code ?? 1, output: Buffer.concat(printed).toString() })
    }
    const deadline =
      timeout &&
      setTimeout(() => {
        child.kill('SIGKILL')
        console.error(`${command} was still running after ${timeout / 1000} s`)
        end(1)
      }, timeout)
    child.once('error', reject)
    child.once('close', end)
  })

/** npm, as the one that started this script where there is one: on Windows a plain `npm` is no program. */
export const npm = (args, options) => {
  const cli = process.env.npm_execpath
  return cli?.endsWith('.js') ? run(process.execPath, [cli, ...args], options) : run('npm', args, options)
}

/** The program of an installed package, started by the Node that runs this script. */
export const tool = (path, args, options) => run(process.execPath, [join(root, 'node_modules', path), ...args], options)

/** Seconds since `start` (of `performance.now()`), as a person reads them. */
export const seconds = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`
