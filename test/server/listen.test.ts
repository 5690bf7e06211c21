import { get } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Peer } from '../../src/server/app.ts'
import { listen } from '../../src/server/listen.ts'

test('a caller who was gone already is known to be gone', async () => {
  const told = vi.fn()
  const fetch = async (_request: Request, { hangUp, gone }: Peer) => {
    hangUp?.()
    await gone?.()
    // A socket says once that it closes, and that was then.
    await gone?.()
    told()
    return new Response(null)
  }
  const server = await listen({ name: 'x', port: 0, fetch }, 0)
  onTestFinished(() => server.close())
  get(server.address).on('error', () => {})
  await vi.waitFor(() => expect(told).toHaveBeenCalled())
})
