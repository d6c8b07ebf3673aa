import { setTimeout as sleep } from 'node:timers/promises'
import { type ServiceError, status } from '@grpc/grpc-js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { growingPauseMs } from '../../common/growing-pause.js'
import { decodeBlock, encodeFetchRequest } from '../block-codec.js'
import type { FetchedBlock, FetchRequest } from '../protocol.js'
import { Channel } from './channel.js'
import type { Credentials } from './credentials.js'
import { grpcReason } from './grpc-reason.js'
import { FETCH_PATIENCE_MS } from './limits.js'
import { Patience } from './patience.js'
import { conditionOf } from './typed-status.js'

const MAX_RECONNECTS = 2
const RECONNECT_PAUSE = { firstMs: 100, mostMs: 1_000 }

interface Connection {
  readonly channel: Channel
  calls: number
  /** One of its calls failed below the conditions: it is not kept beyond the calls that it has. */
  isBroken: boolean
}

/** Connections to those who serve blocks, one for each address. */
export class BlockClients {
  readonly #credentials: Credentials
  readonly #connections = new Map<string, Connection>()

  constructor(credentials: Credentials) {
    this.#credentials = credentials
  }

  /**
   * Streams blocks at the pace at which they are taken; the other side may be silent for `patienceMs`. A connection that breaks before the
   * first block is made again a few times: to compute the output again costs more.
   * @throws the condition that the other side raised, BLOCKS_UNAVAILABLE when it could not be reached or the connection broke,
   * BLOCK_CORRUPT, OPERATION_CANCELED
   */
  async *fetch(
    address: string,
    request: FetchRequest,
    signal: AbortSignal,
    patienceMs = FETCH_PATIENCE_MS,
  ): AsyncGenerator<FetchedBlock> {
    for (let tries = 0; ; tries++) {
      let hasBegun = false
      try {
        for await (const block of this.#stream(address, request, signal, patienceMs)) {
          hasBegun = true
          yield block
        }
        return
      } catch (error) {
        if (hasBegun || tries >= MAX_RECONNECTS || !isBrokenConnection(error)) throw error
        await pause(growingPauseMs(RECONNECT_PAUSE, tries), signal)
      }
    }
  }

  async *#stream(
    address: string,
    request: FetchRequest,
    signal: AbortSignal,
    patienceMs: number,
  ): AsyncGenerator<FetchedBlock> {
    if (signal.aborted) throw new MillraceError('OPERATION_CANCELED')
    const connection = this.#connection(address)
    const call = connection.channel.fetch(encodeFetchRequest(request))
    // The loop below sees the errors; one that comes after it was left is nobody's.
    call.on('error', () => undefined)
    const cancel = (): void => call.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    let isStalled = false
    const patience = new Patience(patienceMs, () => {
      isStalled = true
      call.cancel()
    })
    connection.calls++
    try {
      patience.begin()
      for await (const frame of call as AsyncIterable<Buffer>) {
        patience.end()
        yield decodeBlock(frame, address)
        patience.begin()
      }
    } catch (error) {
      if (signal.aborted) throw new MillraceError('OPERATION_CANCELED', {}, { cause: error })
      const condition = MillraceError.is(error) ? error : conditionOf(error as ServiceError)
      if (condition) throw condition
      connection.isBroken = true
      // Another process may listen there by now, whose secret is another: that too means that the blocks are gone.
      const refusal = connection.channel.refusalBehind(error as ServiceError)
      const reason = isStalled ? `it sent nothing for ${patienceMs / 1000} s` : (refusal?.text ?? grpcReason(error))
      throw new MillraceError('BLOCKS_UNAVAILABLE', { address, reason }, { cause: refusal ?? error })
    } finally {
      patience.close()
      signal.removeEventListener('abort', cancel)
      call.cancel()
      connection.calls--
      const isUnused = connection.calls === 0 && this.#connections.get(address) === connection
      if (connection.isBroken && isUnused) this.forget(address)
    }
  }

  /** Drops the connection to an address whose owner is gone. */
  forget(address: string): void {
    this.#connections.get(address)?.channel.close()
    this.#connections.delete(address)
  }

  close(): void {
    for (const address of [...this.#connections.keys()]) this.forget(address)
  }

  #connection(address: string): Connection {
    let connection = this.#connections.get(address)
    if (!connection) {
      connection = {
        channel: new Channel(address, this.#credentials, 'data'),
        calls: 0,
        isBroken: false,
      }
      this.#connections.set(address, connection)
    }
    return connection
  }
}

/** Whether a call failed because its connection could not be made or broke, and not because the other side said or did something. */
const isBrokenConnection = (error: unknown): boolean =>
  MillraceError.is(error) &&
  error.condition === 'BLOCKS_UNAVAILABLE' &&
  (error.cause as Partial<ServiceError>).code === status.UNAVAILABLE

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch((cause: unknown) => {
    throw new MillraceError('OPERATION_CANCELED', {}, { cause })
  })
}
