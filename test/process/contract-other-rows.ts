import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { services } from '../../src/services/registry.ts'
import { operationsOf } from '../../src/services/table.ts'
import { meant } from '../harness/canary.ts'
import type { Material, Rows } from './contract-rows.ts'
import { INSTANT, TEXT } from './contract-shapes.ts'

const RAW_KEY = /^zec_[0-9a-f]{64}\n$/
const SAME_KEY = expect.stringMatching(/^zec_[0-9a-f]{64}$/)
const JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/

/** Credentials and keys, calls by hand, and what is about this machine. */
export const otherRows = ({ rig, shapes }: Material): Rows => {
  const { people, newName, newKey } = rig
  const { seen, profile } = shapes
  const bare = () => {
    const { id, email, name, created_at } = people.alice
    return { id, email, name, is_admin: false, created_at }
  }
  return {
    'token, a key': () => ({
      args: ['token'],
      human: [RAW_KEY, ''],
      json: { token: SAME_KEY, type: 'api_key', header: { name: 'X-API-Key', value: SAME_KEY }, expires_at: null },
      quiet: RAW_KEY,
    }),
    'token, a session': () => ({
      args: ['token', '--profile', 'restume'],
      human: [JWT, ''],
      json: {
        ...{ token: TEXT, type: 'bearer', expires_at: INSTANT },
        header: { name: 'Authorization', value: expect.stringMatching(/^Bearer eyJ/) },
      },
      quiet: JWT,
    }),
    'token --header': () => ({
      args: ['token', '--header'],
      human: [/^X-API-Key: zec_[0-9a-f]{64}\n$/, ''],
      json: { token: SAME_KEY, type: 'api_key', header: { name: 'X-API-Key', value: SAME_KEY }, expires_at: null },
      quiet: /^X-API-Key: zec_[0-9a-f]{64}\n$/,
    }),
    'keys create': () => {
      const name = newName()
      return {
        args: ['keys', 'create', name, '--scope', 'read', '--scope', 'write'],
        human: [/^key: zec_[0-9a-f]{64}\nname: +somebody\d+\nid: .+\nscopes: +read write\nexpires: +never\n$/, ''],
        json: { ...shapes.newKey(name, ['read', 'write']), saved_to: null },
        quiet: RAW_KEY,
      }
    },
    'keys create --save': () => {
      const name = newName()
      return {
        args: ['keys', 'create', name, '--save', 'ci'],
        human: [/^name: +somebody\d+\nid: .+\nexpires: +never\nkept in: +profile ci\n$/, ''],
        json: { ...shapes.newKey(name, null), saved_to: 'ci' },
        quiet: '',
      }
    },
    'keys create --write': (home) => {
      const name = newName()
      return {
        args: ['keys', 'create', name, '--write', 'key', '--expires-in', '90d'],
        human: [/^name: +somebody\d+\nid: .+\nexpires: +in 90 days\nkept in: +\/.+\/key\n$/, ''],
        json: { ...shapes.newKey(name, null), saved_to: `${home.path}/key` },
        quiet: '',
        afterwards: () => expect(meant(readFileSync(`${home.path}/key`, 'utf8').trim(), 'file')).toEqual(SAME_KEY),
      }
    },
    'keys list': async () => {
      const { id, name, prefix } = await newKey()
      const listed = { id, name, prefix, scopes: ['*'], is_active: null, expires_at: null, created_at: INSTANT }
      return {
        args: ['keys', 'list'],
        human: [new RegExp(`^(.+\t.+\n)*${id}\t${name}\t${prefix}\t\\*\t\\d{4}-.+Z\tnever\tnever\n$`), ''],
        json: expect.arrayContaining([{ ...listed, last_used_at: null }]),
        quiet: new RegExp(`^([\\w-]+\n)*${id}\n$`),
      }
    },
    'keys revoke': async () => {
      const { id, name } = await newKey()
      return {
        args: ['keys', 'revoke', id, '--yes'],
        human: ['', `✓ revoked "${name}"\n`],
        json: [{ id, name, revoked: true }],
        quiet: `${id}\n`,
      }
    },
    'keys rotate': async () => {
      const { id, name } = await newKey()
      return {
        args: ['keys', 'rotate', name],
        human: [/^key: zec_[0-9a-f]{64}\nname: +somebody\d+\n/, `✓ the old key "${name}" is revoked (${id})\n`],
        json: { ...shapes.newKey(name, ['*']), saved_to: null, replaced: { id, name } },
        quiet: RAW_KEY,
      }
    },
    api: () => ({
      args: ['api', '/api/v1/user'],
      human: [JSON.stringify(bare()), ''],
      json: bare(),
      quiet: JSON.stringify(bare()),
    }),
    // What it runs has the streams to itself, and the key in its environment.
    exec: () => {
      meant(rig.profileKey(), 'environment')
      return {
        args: ['exec', '--', 'sh', '-c', 'echo {}'],
        human: ['{}\n', ''],
        json: {},
        quiet: '{}\n',
      }
    },
    'profile list': () => ({
      args: ['profile', 'list'],
      human: [/^\trestume\t.+\n\tcurate-me\t.+\n\*\tzectre\tzectre\talice@example\.com\thttp:.+\tfile\n$/, ''],
      json: [
        profile('restume', seen.hershel(), false),
        profile('curate-me', seen.curator(), false),
        profile('zectre', seen.alice(), true),
      ],
      quiet: 'restume\ncurate-me\nzectre\n',
    }),
    'profile use': () => ({
      args: ['profile', 'use', 'restume'],
      human: ['', /^✓ "restume" is the profile in use: restume at http:\S+\n$/],
      json: profile('restume', seen.hershel(), true),
      quiet: '',
    }),
    'profile remove': () => ({
      args: ['profile', 'remove', 'zectre', '--yes'],
      human: ['', /^✓ removed profile "zectre" [\s\S]+ its key stays alive [\s\S]+ keyturn profile use restume\n$/],
      json: { name: 'zectre', removed: true },
      quiet: '',
    }),
    'profile rename': () => ({
      args: ['profile', 'rename', 'zectre', 'work'],
      human: ['', '✓ profile "zectre" is "work" now\n'],
      json: profile('zectre', seen.alice(), true, 'work'),
      quiet: '',
    }),
    services: () => ({
      args: ['services'],
      human: [/^sign-up\tyes\tyes\tyes\n([\w-]+\t.*\t.*\t.*\n)+$/, ''],
      json: services.map((service) => ({ name: service.name, url: service.url, operations: operationsOf(service) })),
      quiet: services.map(({ name }) => `${name}\n`).join(''),
    }),
    doctor: () => ({
      args: ['doctor'],
      human: [/^here\n[\s\S]+\n {2}✓ ok +folder +~\/\.config\/keyturn\n[\s\S]+\nall is well\n/, ''],
      json: { ok: true, checks: expect.toSatisfy(areChecks) },
      quiet: '',
    }),
    completion: () => ({
      args: ['completion', 'bash'],
      human: [/^# completion of keyturn for bash\n[\s\S]+\n$/, ''],
      json: { shell: 'bash', script: TEXT },
      quiet: /^# completion of keyturn for bash\n[\s\S]+\n$/,
    }),
    'completion --install': (home) => ({
      args: ['completion', 'zsh', '--install'],
      human: ['', /^✓ completion for zsh is in \/.+\n[\s\S]+to undo it: rm .+\n$/],
      json: { shell: 'zsh', path: `${home.path}/.local/share/zsh/site-functions/_keyturn`, next: TEXT },
      quiet: `${home.path}/.local/share/zsh/site-functions/_keyturn\n`,
    }),
  }
}

const areChecks = (checks: unknown[]): boolean => {
  for (const check of checks) {
    expect(check).toEqual({ name: TEXT, ok: true, detail: TEXT, hint: expect.toSatisfy(isTextOrNull) })
  }
  return checks.length > 0
}
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string'
