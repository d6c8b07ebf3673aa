import type { BrokerContext, RequestHeader } from '../context.js'
import type { RequestReader } from '../protocol/reader.js'
import type { ResponseWriter } from '../protocol/writer.js'

/** One API of the protocol: its key, the versions served and how a request is answered. */
export interface Api {
  readonly key: number
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  /** The first version with compact types and tagged fields (KIP-482), when one is served. */
  readonly flexibleFrom?: number
  /** Writes the response's body. @returns false when there is to be no response (produce with acks 0) */
  handle(
    request: RequestReader,
    response: ResponseWriter,
    header: RequestHeader,
    context: BrokerContext,
  ): Promise<boolean>
}
