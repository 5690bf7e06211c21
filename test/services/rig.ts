import type { Http } from '../../src/http/http.ts'
import type { ServiceClient } from '../../src/services/service.ts'
import type { Json } from '../../src/vocabulary/json.ts'
import type { Kinds, Transcript } from './transcripts.ts'

export type Values = Record<string, Json>

/** Asks the client for what a documented exchange is about; `examples` are what its placeholders stand for. */
export type ClientCall = (client: ServiceClient, http: Http, examples: Record<string, string>) => Promise<unknown>

/** Per service: what its placeholders stand for, and how a documented exchange comes about on either side. */
export interface Rig {
  kinds: Kinds
  /** A reference half at the point where the exchange begins. */
  arrange(transcript: Transcript): Promise<{
    values: Values
    send(
      method: string,
      path: string,
      headers: Record<string, string>,
      body: Json,
    ): Promise<{ status: number; text: string; json: Json }>
  }>
  /** By the name of the transcript. */
  calls: Record<string, ClientCall>
  /** Why an exchange is none of the client's, by the name of its transcript. */
  notCalled: Record<string, string>
  /** Fields that the client sends beside those that the page shows, by the name of the transcript. */
  additions: Record<string, readonly string[]>
}
