import type { Environment } from '../vocabulary/environment.ts'
import type { Output } from './terminal.ts'

type Paint = (text: string) => string

export interface Style {
  bold: Paint
  dim: Paint
  green: Paint
  yellow: Paint
  red: Paint
  cyan: Paint
}

const same: Paint = (text) => text
const PLAIN: Style = { bold: same, dim: same, green: same, yellow: same, red: same, cyan: same }

/** Colour for one stream: asked of chalk only where it will be seen, so that scripts don't pay for it. */
export const styleFor = async (stream: Output, env: Environment, noColor: boolean): Promise<Style> => {
  if (!isColoured(stream, env, noColor)) return PLAIN
  const { Chalk } = await import('chalk')
  return new Chalk({ level: 1 })
}

/** no-color.org: NO_COLOR counts when it is not empty; FORCE_COLOR speaks louder than what the stream is. */
const isColoured = (stream: Output, env: Environment, noColor: boolean): boolean => {
  if (noColor || (env.NO_COLOR ?? '') !== '') return false
  const forced = env.FORCE_COLOR
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env.TERM !== 'dumb'
}
