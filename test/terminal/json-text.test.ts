import { expect, test } from 'vitest'
import { jsonText } from '../../src/terminal/json-text.ts'
import type { Json } from '../../src/vocabulary/json.ts'

const text = (value: Json, fields: string[] | null) => jsonText(value, { fields, filter: null, seen: false })

test.each<[string, Json, string[] | null, string]>([
  ['of an object, in the order asked for', { id: 1, name: 'a' }, ['name', 'id'], '{"name":"a","id":1}'],
  ['of each object of an array', [{ id: 1, x: 0 }, { id: 2 }], ['id'], '[{"id":1},{"id":2}]'],
  ['that are not there, as null', { id: 1 }, ['id', 'plan'], '{"id":1,"plan":null}'],
  [
    'that every object has by birth, as null',
    {},
    ['constructor', '__proto__'],
    '{"constructor":null,"__proto__":null}',
  ],
  ['of nothing', null, ['id'], 'null'],
  ['of a text, which has none', 'pong', ['id'], '"pong"'],
  ['of an empty array', [], ['id'], '[]'],
  ['all of them', { id: 1, name: 'a' }, null, '{"id":1,"name":"a"}'],
])('fields are kept %s', async (_what, value, fields, expected) => {
  expect(await text(value, fields)).toBe(expected)
})

test('a filter has the fields that were kept', async () => {
  const seen: string[] = []
  const filter = async (json: string) => {
    seen.push(json)
    return 'filtered'
  }
  expect(await jsonText({ id: 1, name: 'a' }, { fields: ['id'], filter, seen: true })).toBe('filtered')
  expect(seen).toEqual(['{"id":1}'])
})

test('what is seen on a terminal is spread out and steers nothing', async () => {
  const wishes = { fields: null, seen: true }
  expect(await jsonText({ name: 'a\u009b2Jb\u202e' }, { ...wishes, filter: null })).toBe('{\n  "name": "a2Jb"\n}')
  expect(await jsonText('a', { ...wishes, filter: async () => 'a\u001b[2Jb\tc' })).toBe('a[2Jb\tc')
})
