import type { App } from '../app.ts'
import type { Failure } from '../vocabulary/failure.ts'

/** Asks, before anything is asked of the service, whether a plain file may hold the key; `false` without a yes. */
export const consentToFile = async (app: App, reason: Failure): Promise<boolean> => {
  if (!app.terminal.interactive) return false
  const { terminal } = app
  terminal.insist(terminal.style.err.yellow(`the OS keychain can't be used: ${reason.message}`))
  if (reason.hint !== null) terminal.insist(reason.hint)
  const { where } = await app.openStore('file')
  return app.ask.confirm(`keep the key unencrypted in ${where}, which only you can read?`, '--store file')
}
