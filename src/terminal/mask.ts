import type { Environment } from '../vocabulary/environment.ts'

const lineEnds = (text: string): string => text.replaceAll('\r', '%0D').replaceAll('\n', '%0A')

/**
 * What tells the system that runs this job to strike a secret out of its log; `null` where there is no such word. Both
 * systems read these lines on stderr too (actions/runner's ScriptHandler, azure-pipelines-agent's NodeHandler). GitLab
 * has one only where the owner of a runner switched it on; anywhere else the line itself would be the leak.
 */
export const maskingLine = (env: Environment, secret: string): string | null => {
  if (env.GITHUB_ACTIONS === 'true') return `::add-mask::${lineEnds(secret.replaceAll('%', '%25'))}`
  if (env.TF_BUILD?.toLowerCase() === 'true')
    return `##vso[task.setsecret]${lineEnds(secret.replaceAll('%', '%AZP25'))}`
  return null
}
