/**
 * jq itself, compiled to WebAssembly, on a thread of its own: a program that never ends can be stopped there. An entry
 * of its own, so that its megabyte is read only for `--jq`.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { brotliDecompressSync } from 'node:zlib'
import { loadJq } from 'jq-wasm'

export interface JqJob {
  /** As text; none: the program is only compiled. */
  input: string
  program: string
}

const loaded = loadJq({ wasmBinary: brotliDecompressSync(workerData) })

parentPort?.on('message', async ({ input, program }: JqJob) => {
  const jq = await loaded
  // Behind the two dashes a program may begin with one: it has no other way to be told from an option.
  parentPort?.postMessage(jq.raw(input, program, ['--compact-output', '--']))
})
