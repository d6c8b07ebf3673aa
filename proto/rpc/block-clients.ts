import { Client, credentials, Metadata } from '@grpc/grpc-js'
import type { Block } from '../../columnar/block.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { FetchRequest } from '../protocol.js'
import { decodeBlock, encodeFetchRequest } from '../wire-codec.js'
import { addSecret } from './secret.js'
import { CHANNEL_OPTIONS, DATA_SERVICE } from './services.js'

/** Connections to those who serve blocks, one for each address. */
export class BlockClients {
  readonly #secret: string
  readonly #clients = new Map<string, Client>()

  constructor(secret: string) {
    this.#secret = secret
  }

  /** Streams blocks at the pace at which they are taken. Throws what gRPC reports, or OPERATION_CANCELED. */
  async *fetch(address: string, request: FetchRequest, signal: AbortSignal): AsyncGenerator<Block> {
    const { path, requestSerialize, responseDeserialize } = DATA_SERVICE.fetch
    const metadata = addSecret(new Metadata(), this.#secret)
    const bytes = encodeFetchRequest(request)
    const call = this.#client(address).makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      bytes,
      metadata,
    )
    // The loop below sees the errors; one that comes after it was left is nobody's.
    call.on('error', () => undefined)
    const cancel = (): void => call.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      if (signal.aborted) throw new MillraceError('OPERATION_CANCELED')
      for await (const frame of call as AsyncIterable<Buffer>) yield decodeBlock(frame)
    } finally {
      signal.removeEventListener('abort', cancel)
      call.cancel()
    }
  }

  /** Drops the connection to an address whose owner is gone. */
  forget(address: string): void {
    this.#clients.get(address)?.close()
    this.#clients.delete(address)
  }

  close(): void {
    for (const client of this.#clients.values()) client.close()
    this.#clients.clear()
  }

  #client(address: string): Client {
    let client = this.#clients.get(address)
    if (!client) {
      client = new Client(address, credentials.createInsecure(), CHANNEL_OPTIONS)
      this.#clients.set(address, client)
    }
    return client
  }
}
