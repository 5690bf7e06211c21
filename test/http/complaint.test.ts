import { expect, test } from 'vitest'
import { complaint } from '../../src/http/complaint.ts'

const said = (body: string) => complaint({ status: 400, headers: {}, body })

test.each([
  ['zectre', '{"error":{"code":"WEAK_PASSWORD","message":"too short"}}', 'too short [WEAK_PASSWORD]'],
  ['RESTume', '{"detail":"Not authenticated"}', 'Not authenticated'],
  [
    'RESTume, field by field',
    '{"detail":[{"loc":["body","password"],"msg":"too short","type":"x"},{"loc":["body","email"],"msg":"no @"}]}',
    'password: too short; email: no @',
  ],
  ['Curate-Me', '{"error":"no such key","code":"key_unknown"}', 'no such key [key_unknown]'],
  ['a plain message', '{"message":"nope"}', 'nope'],
  ['a list of errors', '{"errors":[{"message":"one"},{"message":"two"}]}', 'one; two'],
  ['OAuth', '{"error":"invalid_grant","error_description":"it was used"}', 'it was used'],
  ['problem details', '{"title":"Out of credit","status":403}', 'Out of credit'],
  ['errors by field', '{"errors":{"username":["bad"],"email":"no @"}}', 'username: bad; email: no @'],
  ['a detail by field', '{"detail":{"username":"taken"}}', 'username: taken'],
  ['errors that name a field', '{"errors":[{"field":"username","message":"bad"}]}', 'username: bad'],
  ['text', 'no can do', 'no can do'],
  [
    'an HTML page',
    '<!doctype html><html><head><title>502 Bad Gateway</title></head>',
    'an HTML page, "502 Bad Gateway"',
  ],
  ['HTML without a title', '<h1>x</h1>', 'an HTML page instead of an answer'],
  ['a JSON text', '"stop"', 'stop'],
])('%s says what is wrong', (_who, body, text) => expect(said(body)).toBe(text))

test.each(['', '   ', '{}', '[]', 'null', '42', '{"error":null}', '{"error":{}}'])('%j says nothing', (body) =>
  expect(said(body)).toBeNull(),
)

test('what a server says is shown on one line, short, with nothing a terminal obeys', () => {
  const text = said(JSON.stringify({ message: `\u001b[2J${'x'.repeat(5000)}\r\nsecond line` })) ?? ''
  expect(text.length).toBeLessThanOrEqual(200)
  expect(text).toMatch(/^\[2Jx+…$/)
})
