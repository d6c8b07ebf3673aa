import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js'
import { MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import type { DriverMessage, ExecutorMemory, ExecutorMessage } from '../../proto/protocol.js'
import { Channel } from '../../proto/rpc/channel.js'
import type { Credentials } from '../../proto/rpc/credentials.js'
import { grpcReason } from '../../proto/rpc/grpc-reason.js'
import { CONTROL_SERVICE } from '../../proto/rpc/services.js'
import { DriverMessageDecoder, encodeExecutorMessage, encodeRegister } from '../../proto/wire-codec.js'

export interface ConnectionOptions extends Credentials {
  /** host:port of the driver. */
  readonly address: string
  readonly executorId: string
  /** The id under which it was known before; empty the first time. */
  readonly previousId: string
  readonly slots: number
  /** host:port where this executor serves blocks. */
  readonly blockAddress: string
  readonly heartbeatIntervalMs: number
  /** What the executor holds, which heartbeats tell. */
  readonly memory: () => ExecutorMemory
  /** How long to try before giving up. */
  readonly connectTimeoutMs: number
  onMessage(message: DriverMessage): void
  /** The connection is over; not told after `close`. */
  onLost(error: MillraceError): void
}

/** A client that is closed keeps its process alive until its wait for the server is over; so each wait is short. */
const WAIT_MS = 200

/** The executor's stream to the driver: registered, with heartbeats, until either side ends it. */
export class DriverConnection {
  readonly #options: ConnectionOptions
  readonly #channel: Channel
  readonly #call: ClientDuplexStream<Buffer, Buffer>
  readonly #decoder: DriverMessageDecoder
  #heartbeat: NodeJS.Timeout | undefined
  #isOver = false

  private constructor(options: ConnectionOptions, channel: Channel) {
    this.#options = options
    this.#channel = channel
    this.#decoder = new DriverMessageDecoder(options.secret)
    this.#call = channel.stream(CONTROL_SERVICE)
    this.#call.on('data', (bytes: Buffer) => this.#receive(bytes))
    this.#call.on('error', (error: ServiceError) => this.#lost(this.#errorOf(error)))
    this.#call.on('end', () => this.#lost(this.#broken('it closed the connection')))
    const { executorId, previousId, slots, blockAddress } = options
    this.#call.write(encodeRegister({ executorId, previousId, slots, blockAddress }))
    this.#heartbeat = setInterval(
      () => this.send({ kind: 'heartbeat', memory: options.memory() }),
      options.heartbeatIntervalMs,
    )
  }

  /** Waits, within the bound, until the driver can be reached. @throws DRIVER_UNREACHABLE, OPERATION_CANCELED, why the two cannot work together */
  static async open(options: ConnectionOptions, stop: AbortSignal): Promise<DriverConnection> {
    const { address, connectTimeoutMs } = options
    const channel = new Channel(address, options, 'control')
    const untilMs = performance.now() + connectTimeoutMs
    try {
      while (!(await channel.becomesReady(WAIT_MS)) && !stop.aborted) {
        if (performance.now() < untilMs) continue
        const reason = 'nothing answers there'
        throw new MillraceError('DRIVER_UNREACHABLE', { address, seconds: connectTimeoutMs / 1000, reason })
      }
      if (stop.aborted) throw new MillraceError('OPERATION_CANCELED')
      return new DriverConnection(options, channel)
    } catch (error) {
      channel.close()
      throw error
    }
  }

  send(message: ExecutorMessage): void {
    if (!this.#isOver) this.#call.write(encodeExecutorMessage(message))
  }

  close(): void {
    this.#end()
    this.#call.end()
    this.#channel.close()
  }

  #receive(bytes: Buffer): void {
    if (this.#isOver) return
    try {
      this.#options.onMessage(this.#decoder.decode(bytes))
    } catch (error) {
      // What this executor cannot read it could not read under another id either.
      this.#lost(toMillraceError(error))
    }
  }

  #lost(error: MillraceError): void {
    if (this.#isOver) return
    this.#end()
    this.#call.cancel()
    this.#channel.close()
    this.#options.onLost(error)
  }

  #end(): void {
    this.#isOver = true
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
  }

  #errorOf(error: ServiceError): MillraceError {
    return this.#channel.conditionOf(error) ?? this.#broken(grpcReason(error))
  }

  #broken(reason: string): MillraceError {
    return new MillraceError('DRIVER_LOST', { address: this.#options.address, reason })
  }
}
