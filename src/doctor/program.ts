import { release } from 'node:os'
import { type Environment, isRemote, isSet } from '../vocabulary/environment.ts'
import { type Finding, failure, good } from './finding.ts'

const OS_NAMES: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macOS', linux: 'Linux', win32: 'Windows' }
/** As package.json has it under `engines`. */
const OLDEST_NODE = [20, 19] as const

export interface ProgramFacts {
  version: string
  /** As Node says it: `v20.19.0`. */
  nodeVersion: string
  platform: NodeJS.Platform
  arch: string
}

export const examineProgram = ({ version, nodeVersion, platform, arch }: ProgramFacts): Finding => {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_NODE
  const detail = `${version} on Node ${nodeVersion.replace(/^v/, '')}, ${OS_NAMES[platform] ?? platform} ${release()} ${arch}`
  const isOld = major < oldestMajor || (major === oldestMajor && minor < oldestMinor)
  if (!isOld) return good('keyturn', detail)
  return failure('keyturn', `${detail}: that Node is too old`, `install Node ${OLDEST_NODE.join('.')} or newer`)
}

/** Where the program runs: over SSH, in WSL, in a container, in a CI job; several may be true. */
export const examinePlace = (env: Environment, container: boolean): Finding => {
  const places = [
    isRemote(env) && 'an SSH session',
    env.WSL_DISTRO_NAME && 'WSL',
    container && 'a container',
    isSet(env.CI) && 'a CI job',
  ].filter((place) => typeof place === 'string')
  const display = env.WAYLAND_DISPLAY ? 'Wayland display' : env.DISPLAY ? 'X display' : null
  return good('place', [places.join(', ') || 'this machine itself', display].filter(Boolean).join(', '))
}
