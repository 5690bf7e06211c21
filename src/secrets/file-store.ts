/** Secrets in a plain file that only its owner can read: for those who said yes to that. */
import { join } from 'node:path'
import { changeJson, isRecord, type JsonFile, jsonReader } from '../files/json-file.ts'
import type { FileTools } from '../files/tools.ts'
import { assertSize } from './size-limit.ts'
import type { Store } from './store.ts'

interface Credentials {
  version: 1
  entries: Record<string, string>
}

const checkCredentials = (value: Record<string, unknown>): Credentials | null => {
  const { entries } = value
  if (!isRecord(entries) || !Object.values(entries).every((secret) => typeof secret === 'string')) return null
  return { ...value, version: 1, entries: entries as Record<string, string> }
}

export const credentialsFile = (folder: string): JsonFile<Credentials> => ({
  path: join(folder, 'credentials.json'),
  title: 'the stored credentials',
  code: 'store_refused',
  version: 1,
  empty: { version: 1, entries: {} },
  check: checkCredentials,
})

const without = (entries: Record<string, string>, account: string): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).filter(([name]) => name !== account))

export const makeFileStore = (folder: string, tools: FileTools): Store => {
  const file = credentialsFile(folder)
  const where = `the file ${file.path}`
  const readAll = jsonReader(() => file, tools)
  return {
    name: 'file',
    where,
    read: async (account, signal) => {
      const { entries } = await readAll(signal)
      return Object.hasOwn(entries, account) ? (entries[account] ?? null) : null
    },
    write: async (account, secret, signal) => {
      assertSize(secret, where)
      await changeJson(file, tools, signal, (old) => ({
        ...old,
        entries: { ...old.entries, [account]: secret },
      }))
    },
    remove: async (account, signal) => {
      let wasThere = false
      await changeJson(file, tools, signal, (old) => {
        wasThere = Object.hasOwn(old.entries, account)
        return wasThere ? { ...old, entries: without(old.entries, account) } : old
      })
      return wasThere
    },
  }
}
