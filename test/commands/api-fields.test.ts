import { expect, test } from 'vitest'
import { asQuery, readFields } from '../../src/commands/api-fields.ts'

const FILES: Record<string, string> = { 'note.txt': 'from a file\n', '-': 'from stdin' }
const fields = (texts: string[], typed: string[] = []) =>
  readFields({ texts, typed }, async (name) => Buffer.from(FILES[name] ?? 'no such file'))

test.each<[string[], string[], string]>([
  [['name=ci', 'empty='], [], '{"name":"ci","empty":""}'],
  [['equation=a=b'], [], '{"equation":"a=b"}'],
  [['lines=a\nb'], [], '{"lines":"a\\nb"}'],
  [['n=1', 'yes=true'], [], '{"n":"1","yes":"true"}'],
  [
    [],
    ['n=1', 'half=0.5', 'yes=true', 'no=false', 'none=null'],
    '{"n":1,"half":0.5,"yes":true,"no":false,"none":null}',
  ],
  [[], ['text=plain words', 'quoted="a"'], '{"text":"plain words","quoted":"a"}'],
  [[], ['object={"a":[1]}'], '{"object":{"a":[1]}}'],
  [[], ['body=@note.txt', 'more=@-'], '{"body":"from a file\\n","more":"from stdin"}'],
  [['at=@note.txt'], [], '{"at":"@note.txt"}'],
  [['a[b]=1', 'a[c][d]=2'], [], '{"a":{"b":"1","c":{"d":"2"}}}'],
  [['scopes[]=read', 'scopes[]=write'], [], '{"scopes":["read","write"]}'],
  [['a[]'], [], '{"a":[]}'],
  [['a[b][]=1', 'a[b][]=2'], [], '{"a":{"b":["1","2"]}}'],
  [['a[][b]=1', 'a[][c]=2', 'a[][b]=3'], [], '{"a":[{"b":"1","c":"2"},{"b":"3"}]}'],
  [['a[][tags][]=x', 'a[][tags][]=y'], [], '{"a":[{"tags":["x","y"]}]}'],
  [[], ['a[]=null', 'a[]=1'], '{"a":[null,1]}'],
  [['__proto__[x]=1', 'constructor=2'], [], '{"__proto__":{"x":"1"},"constructor":"2"}'],
])('-f %j and -F %j are %s', async (texts, typed, expected) => {
  expect(JSON.stringify(await fields(texts, typed))).toBe(expected)
  expect(({} as { x?: string }).x).toBeUndefined()
})

test.each([
  [['name'], [], 'is no field'],
  [['=value'], [], 'is no field'],
  [['[a]=1'], [], 'is no field'],
  [['a[b=1'], [], 'is no field'],
  [['a[][]=1'], [], 'is no field'],
  [['a=1', 'a=2'], [], 'in the way'],
  [['a=1', 'a[b]=2'], [], 'in the way'],
  [['a[]=1', 'a[b]=2'], [], 'in the way'],
  [['a[b]=1', 'a[]=2'], [], 'in the way'],
  [[], ['a={"b":'], 'begins as JSON'],
  [[], ['a=[1,'], 'begins as JSON'],
])('-f %j and -F %j are refused', async (texts, typed, words) => {
  await expect(fields(texts, typed)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(words) })
})

test('a query has the same fields, encoded', async () => {
  expect(asQuery(await fields(['q=a b&c', 'tags[]=x', 'tags[]=y', 'at[city]=Zürich'], ['page=2', 'none=null']))).toBe(
    'q=a%20b%26c&tags%5B%5D=x&tags%5B%5D=y&at%5Bcity%5D=Z%C3%BCrich&page=2&none=',
  )
})
