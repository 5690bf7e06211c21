import { expect, test } from 'vitest'
import { maskingLine } from '../../src/terminal/mask.ts'
import type { Environment } from '../../src/vocabulary/environment.ts'

const SECRET = 'zec_EXAMPLE_0123'

test.each<[string, Environment, string, string | null]>([
  ['GitHub Actions', { GITHUB_ACTIONS: 'true' }, SECRET, `::add-mask::${SECRET}`],
  ['GitHub Actions', { GITHUB_ACTIONS: 'true' }, 'a%b\r\nc', '::add-mask::a%25b%0D%0Ac'],
  ['Azure Pipelines', { TF_BUILD: 'True' }, SECRET, `##vso[task.setsecret]${SECRET}`],
  ['Azure Pipelines', { TF_BUILD: 'True' }, 'a%b\r\nc', '##vso[task.setsecret]a%AZP25b%0D%0Ac'],
  ['GitLab, where such a line would be a leak', { GITLAB_CI: 'true' }, SECRET, null],
  ['no such system', { CI: 'true' }, SECRET, null],
  ['a variable that says no', { GITHUB_ACTIONS: 'false', TF_BUILD: '' }, SECRET, null],
])('under %s (%j) the line for %j is %j', (_where, env, secret, line) => {
  expect(maskingLine(env, secret)).toBe(line)
})
