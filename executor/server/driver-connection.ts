import { Client, type ClientDuplexStream, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import type { DriverMessage, ExecutorMemory, ExecutorMessage } from '../../proto/protocol.js'
import { addSecret } from '../../proto/rpc/secret.js'
import { CONTROL_CLIENT_OPTIONS, CONTROL_SERVICE } from '../../proto/rpc/services.js'
import { conditionOf } from '../../proto/rpc/typed-status.js'
import { DriverMessageDecoder, encodeExecutorMessage, encodeRegister } from '../../proto/wire-codec.js'

export interface ConnectionOptions {
  /** host:port of the driver. */
  readonly address: string
  readonly secret: string
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

/** Whether the server can be reached within a short wait. */
function becomesReady(client: Client, stop: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve(false)
    client.waitForReady(Date.now() + WAIT_MS, (error) => resolve(!error && !stop.aborted))
  })
}

/** The executor's stream to the driver: registered, with heartbeats, until either side ends it. */
export class DriverConnection {
  readonly #options: ConnectionOptions
  readonly #client: Client
  readonly #call: ClientDuplexStream<Buffer, Buffer>
  readonly #decoder = new DriverMessageDecoder()
  #heartbeat: NodeJS.Timeout | undefined
  #isOver = false

  private constructor(options: ConnectionOptions, client: Client) {
    this.#options = options
    this.#client = client
    const { path, requestSerialize, responseDeserialize } = CONTROL_SERVICE.connect
    const metadata = addSecret(new Metadata(), options.secret)
    this.#call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata)
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

  /** Waits, within the bound, until the driver can be reached. @throws DRIVER_UNREACHABLE, OPERATION_CANCELED */
  static async open(options: ConnectionOptions, stop: AbortSignal): Promise<DriverConnection> {
    const { address, connectTimeoutMs } = options
    const client = new Client(address, credentials.createInsecure(), CONTROL_CLIENT_OPTIONS)
    const untilMs = performance.now() + connectTimeoutMs
    while (!(await becomesReady(client, stop))) {
      if (!stop.aborted && performance.now() < untilMs) continue
      client.close()
      if (stop.aborted) throw new MillraceError('OPERATION_CANCELED')
      const reason = 'nothing answers there'
      throw new MillraceError('DRIVER_UNREACHABLE', { address, seconds: connectTimeoutMs / 1000, reason })
    }
    return new DriverConnection(options, client)
  }

  send(message: ExecutorMessage): void {
    if (!this.#isOver) this.#call.write(encodeExecutorMessage(message))
  }

  close(): void {
    this.#end()
    this.#call.end()
    this.#client.close()
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
    this.#client.close()
    this.#options.onLost(error)
  }

  #end(): void {
    this.#isOver = true
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
  }

  #errorOf(error: ServiceError): MillraceError {
    const { address } = this.#options
    if (error.code === status.UNAUTHENTICATED) return new MillraceError('EXECUTOR_NOT_AUTHENTICATED', { address })
    return conditionOf(error) ?? this.#broken(error.details || error.message)
  }

  #broken(reason: string): MillraceError {
    return new MillraceError('DRIVER_LOST', { address: this.#options.address, reason })
  }
}
