import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { JqJob } from './jq-worker.ts'

/** What jq has for a value: one result a line. */
export type Filter = (json: string) => Promise<string>

interface JqResult {
  stdout: string
  stderr: string
  exitCode: number
}

/** Where jq lies in the built program: what runs it, and jq itself, as Brotli made it small. */
export interface JqPlace {
  worker: { source: string; eval: boolean }
  wasm: Uint8Array
}

/** A filter that is known to be one before anything else is done. */
export const compileFilter = async (
  program: string,
  { worker: { source, ...how }, wasm }: JqPlace,
  signal: AbortSignal,
): Promise<Filter> => {
  const worker = new Worker(source, { ...how, workerData: wasm })
  worker.unref()
  const ask = (job: JqJob) => answerOf(worker, job, signal)
  const compiled = await ask({ input: '', program })
  if (compiled.exitCode !== 0) {
    void worker.terminate()
    throw new Failure('usage', `the --jq expression is wrong: ${said(compiled)}`, {
      hint: "for example: --jq '.[].id'; the language is that of https://jqlang.org/manual",
    })
  }
  return async (json) => {
    const result = await ask({ input: json, program })
    await worker.terminate()
    if (result.exitCode !== 0)
      throw new Failure('failed', `the --jq expression does not fit the answer: ${said(result)}`)
    return result.stdout === '' ? '' : result.stdout.split('\n').map(raw).join('\n')
  }
}

const answerOf = async (worker: Worker, job: JqJob, signal: AbortSignal): Promise<JqResult> => {
  worker.ref()
  worker.postMessage(job)
  try {
    const [result] = await once(worker, 'message', { signal })
    return result
  } catch (error) {
    await worker.terminate()
    throw signal.aborted ? signal.reason : error
  } finally {
    worker.unref()
  }
}

/** A text is printed as it is, everything else as JSON. */
const raw = (line: string): string => (line.startsWith('"') ? String(JSON.parse(line)) : line)

/** jq's own words: its first line, the others draw an arrow to the place. */
const said = ({ stderr }: JqResult): string =>
  clean((stderr.split('\n')[0] ?? '').replace(/^jq: error:? ?(\(at [^)]*\): )?/, '').replace(/:$/, ''), 300)
