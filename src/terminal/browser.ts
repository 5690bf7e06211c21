import { type Environment, isRemote, isSet } from '../vocabulary/environment.ts'

export interface BrowserSurroundings {
  env: Environment
  platform: string
  /** stderr is a terminal: somebody sees what is going on. */
  seen: boolean
  /** A file that only a container has was found. */
  container: boolean
}

/**
 * Why no browser should be opened here, in words for a person; `null` when one may be. `KEYTURN_BROWSER` is a
 * person's own word for this machine, so it is believed over SSH and in a container too.
 */
export const browserObstacle = ({ env, platform, seen, container }: BrowserSurroundings): string | null => {
  if (!seen) return 'there is no terminal'
  if (isSet(env.CI)) return 'this is a CI job'
  const chosen = env.KEYTURN_BROWSER || env.BROWSER
  if (chosen === 'none' || chosen === 'false') return `${env.KEYTURN_BROWSER ? 'KEYTURN_BROWSER' : 'BROWSER'} says so`
  if (env.KEYTURN_BROWSER) return null
  if (isRemote(env)) return 'this is an SSH session'
  if (container) return 'this is a container'
  const display = env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME
  return platform === 'linux' && !display ? 'there is no display' : null
}

/** Starts the browser and lets go of it. That it started says nothing about what a person sees, so nobody waits. */
export const openBrowser = async (url: string, env: Environment): Promise<void> => {
  const { default: open } = await import('open')
  const chosen = env.KEYTURN_BROWSER || env.BROWSER
  const child = await open(url, chosen ? { app: { name: chosen } } : {})
  child.on('error', () => {})
}
