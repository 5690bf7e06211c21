import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

interface Job {
  permissions?: unknown
  'timeout-minutes'?: number
  strategy?: { matrix: Record<string, string[]> }
}
interface Workflow {
  permissions: unknown
  jobs: Record<string, Job>
}

const ROOT = join(import.meta.dirname, '..')
const FOLDER = join(ROOT, '.github', 'workflows')
const ACTIONLINT = join(ROOT, 'node_modules', '@tktco', 'node-actionlint', 'bin', 'node-actionlint.js')
const workflows = readdirSync(FOLDER).map((name): [string, string] => [name, readFileSync(join(FOLDER, name), 'utf8')])

test('actionlint has nothing to say', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ACTIONLINT], { cwd: ROOT, encoding: 'utf8' })
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 })
})

describe.each(workflows)('%s', (_, text) => {
  const { permissions, jobs }: Workflow = parse(text)

  test('may read the code, has no secrets, and comes to an end', () => {
    expect(permissions).toEqual({ contents: 'read' })
    expect(text).not.toMatch(/\bsecrets\b|pull_request_target/)
    for (const job of Object.values(jobs)) {
      expect(job.permissions).toBeUndefined()
      expect(job['timeout-minutes']).toBeLessThanOrEqual(60)
    }
  })

  test('names each action by its commit, and says which version that is', () => {
    const used = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action)
    expect(used.length).toBeGreaterThan(0)
    expect(used.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? ''))).toEqual([])
  })
})

test('every system meets every Node that is promised', async () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const { VERSIONS } = await import(pathToFileURL(join(ROOT, 'scripts', 'node-versions.mjs')).href)
  const [lowest, ...rest]: string[] = VERSIONS
  expect(`>=${lowest?.replace(/\.0$/, '')}`).toBe(engines.node)
  const jobs: Workflow['jobs'] = parse(Object.fromEntries(workflows)['ci.yml'] ?? '').jobs
  expect(jobs.platforms?.strategy?.matrix).toEqual({
    os: ['ubuntu-latest', 'macos-latest', 'windows-latest'],
    node: [lowest, ...rest.map((version) => version.split('.')[0])],
  })
})
