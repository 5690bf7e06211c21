import type { Failure } from '../vocabulary/failure.ts'
import type { Input } from './terminal.ts'

/** What a terminal does for Ctrl-C and Ctrl-Z by itself, except while keys are read one by one. */
export interface JobControl {
  stop(reason: Failure): void
  suspend(): void
  /** Calls when the program goes on after it was suspended; gives what ends that. */
  onContinue(listener: () => void): () => void
}

export const ESCAPE = '\u001b'
export const CTRL_C = '\u0003'
export const CTRL_Z = '\u001a'

/**
 * Reads keys one by one, unechoed, until what it gives is called. Sequences (arrows) and pastes are nobody's keys; Ctrl-C
 * is one wherever it stands.
 */
export const readKeys = (stdin: Input, onKey: (key: string) => void): (() => void) => {
  const onData = (chunk: Buffer | string) => {
    const text = String(chunk)
    if (text.includes(CTRL_C)) onKey(CTRL_C)
    else if (text.length === 1) onKey(text)
  }
  // A terminal that has gone away ends nothing by itself: the system tells the program.
  const onError = () => {}
  stdin.on('data', onData).on('error', onError)
  stdin.setRawMode?.(true)
  stdin.resume()
  return () => {
    stdin.setRawMode?.(false)
    stdin.pause()
    stdin.off('data', onData).off('error', onError)
  }
}
