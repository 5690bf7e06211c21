import { describe, expect, test } from 'vitest'
import { services } from '../src/services/registry.ts'
import type { Json } from '../src/vocabulary/json.ts'
import { documentedAnswer, documentedRequest, exchange, GIVES, operationOf } from './services/client-half.ts'
import type { Rig } from './services/rig.ts'
import { rigs } from './services/rigs.ts'
import { differences, fill, type Transcript, transcriptsOf } from './services/transcripts.ts'

describe.each(services)('$name', (service) => {
  const { name } = service
  const rig: Rig = rigs[name as keyof typeof rigs]
  const transcripts = transcriptsOf(name)

  test('every exchange that is documented is kept, and says where it is from', () => {
    expect(transcripts.length).toBeGreaterThan(0)
    for (const { source } of transcripts) expect(source.toLowerCase()).toContain(name)
  })

  describe('its reference half answers as documented', () => {
    test.each(transcripts)('$name', async (transcript) => {
      const { values, send } = await rig.arrange(transcript)
      const answer = await replay(transcript, values, send)
      expect(answer.status).toBe(transcript.response.status)
      if (transcript.response.body === null) expect(answer.text).toBe('')
      else expect(differences(transcript, answer.json, rig.kinds)).toEqual([])
    })
  })

  test('every exchange is one of the client’s, or there is a reason why not', () => {
    const accounted = [...Object.keys(rig.calls), ...Object.keys(rig.notCalled)]
    expect(accounted.sort()).toEqual(transcripts.map((transcript) => transcript.name).sort())
  })

  describe('its client half asks and understands as documented', () => {
    test.each(transcripts.filter((transcript) => transcript.name in rig.calls))('$name', async (transcript) => {
      const documented = documentedRequest(rig, transcript)
      const answer = documentedAnswer(rig, transcript)
      const { requests, value, failure } = await exchange(service, rig, transcript, answer)
      expect(failure).toBeNull()

      const [request, ...more] = requests
      expect(more).toEqual([])
      expect([request?.method, request?.url.pathname]).toEqual([documented.method, documented.path])
      const host = service.isAdminPath(documented.path) ? service.adminUrl : service.url
      expect(request?.url.origin).toBe(new URL(host ?? service.url).origin)
      expect(request?.headers).toMatchObject(documented.headers)
      for (const signature of ['authorization', 'x-api-key', 'x-org-id']) {
        expect([signature, request?.headers[signature]]).toEqual([signature, documented.headers[signature]])
      }
      expect(bodyOf(request?.body ?? null, rig.additions[transcript.name])).toEqual(documented.body)

      const operation = operationOf(service, transcript)
      expect(operation).toBeDefined()
      expect(value).toEqual(GIVES[operation!])
    })
  })
})

/** The body that was sent, without the fields that the rig says are more than the page shows; each must be there. */
const bodyOf = (body: string | null, additions: readonly string[] = []): Json => {
  if (body === null) return null
  const sent: Record<string, Json> = JSON.parse(body)
  for (const addition of additions) {
    expect(sent).toHaveProperty(addition)
    delete sent[addition]
  }
  return sent
}

type Arranged = Awaited<ReturnType<Rig['arrange']>>

const replay = (transcript: Transcript, values: Arranged['values'], send: Arranged['send']) => {
  const { method, path, headers, body } = transcript.request
  const filled = (text: string) => String(fill(text, transcript, values))
  const sent = Object.fromEntries(
    Object.entries(headers).map(([header, value]) => [header.toLowerCase(), filled(value)]),
  )
  return send(method, filled(path), sent, fill(body, transcript, values))
}

describe('an answer that is not as documented is told from one that is', () => {
  const transcript: Transcript = {
    name: 'made up',
    source: 'here',
    request: { method: 'GET', path: '/', headers: {}, body: null },
    response: {
      status: 200,
      body: { code: 'a1...', url: 'http://x/?c=a1...', list: [{ n: null, b: true }], at: '...' },
    },
    stands_for: { 'a1...': 'code', '...': 'instant' },
  }
  const kinds = { code: { pattern: /[a-z]{4}/, example: 'abcd' }, instant: { pattern: /\d+/, example: '1' } }
  const good = { code: 'abcd', url: 'http://x/?c=abcd', list: [{ n: null, b: true }], at: '12' }

  test('the documented one is, with examples filled in too', () => {
    expect(differences(transcript, good, kinds)).toEqual([])
    expect(fill(transcript.response.body, transcript, { code: 'abcd', instant: '12' })).toEqual(good)
  })

  test.each([
    ['a field more', { ...good, more: 1 }],
    ['a field less', { ...good, at: undefined as unknown as string }],
    ['a value of another kind', { ...good, code: 'ABCD' }],
    ['a code that is not the same in both places', { ...good, url: 'http://x/?c=dcba' }],
    ['another literal', { ...good, url: 'https://x/?c=abcd' }],
    ['a value where null is documented', { ...good, list: [{ n: 0, b: true }] }],
    ['another value deep inside', { ...good, list: [{ n: null, b: false }] }],
    ['an entry too few', { ...good, list: [] }],
    ['a number for a text', { ...good, code: 7 }],
  ])('%s is not', (_, actual) => {
    expect(differences(transcript, JSON.parse(JSON.stringify(actual)), kinds)).not.toEqual([])
  })
})
