import type { Logger } from 'pino'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { DriverMessage, DriverPort, ExecutorConnection } from '../../proto/protocol.js'
import { BlockClients } from '../../proto/rpc/block-clients.js'
import { type ControlCall, RpcServer } from '../../proto/rpc/server.js'
import type { Register } from '../../proto/wire.js'
import { DriverMessageEncoder, decodeExecutorMessage, PROTOCOL_VERSION } from '../../proto/wire-codec.js'

export interface DriverServerOptions {
  readonly driver: DriverPort & { disconnected(executorId: string, reason: string): void }
  readonly host: string
  /** 0 takes any that is free. */
  readonly port: number
  readonly secret: string
  readonly logger: Logger
  /** Told of each executor that registered. */
  onRegistered?(executorId: string): void
  /** Told of each that the driver is done with: it was asked to end, or counts as lost. */
  onDismissed?(executorId: string): void
}

const CLOSE_GRACE_MS = 1_000

/** The driver's door for executors of other processes. */
export class DriverServer {
  readonly #options: DriverServerOptions
  readonly #clients: BlockClients
  #server: RpcServer | undefined

  private constructor(options: DriverServerOptions) {
    this.#options = options
    this.#clients = new BlockClients(options.secret)
  }

  /** @throws CANNOT_LISTEN */
  static async listen(options: DriverServerOptions): Promise<DriverServer> {
    const self = new DriverServer(options)
    self.#server = await RpcServer.listen({
      ...options,
      serveBlocks: async function* (request) {
        if (request.kind !== 'local')
          throw new MillraceError('INTERNAL_ERROR', { message: 'the driver holds no task output' })
        yield* options.driver.localBlocks.get(request.id).slice(request.from, request.until)
      },
      connected: (call) => self.#connected(call),
    })
    return self
  }

  /** host:port that executors are to be told. */
  get address(): string {
    return this.#server!.address
  }

  /** Executors that were just told to end have a moment to hear it. */
  async close(): Promise<void> {
    this.#clients.close()
    await this.#server?.close(CLOSE_GRACE_MS)
  }

  /** One executor's stream, from its registration to its end. */
  #connected(call: ControlCall): void {
    const { driver, logger } = this.#options
    let executorId: string | undefined
    const lost = (reason: string): void => {
      if (executorId !== undefined) driver.disconnected(executorId, reason)
      call.end()
    }
    call.on('data', (bytes: Buffer) => {
      try {
        const message = decodeExecutorMessage(bytes)
        if (message.kind === 'register') {
          executorId ??= this.#register(call, message)
        } else if (executorId !== undefined) {
          driver.receive(executorId, message)
        }
      } catch (error) {
        logger.warn({ err: error, executorId }, 'an executor is refused')
        lost(error instanceof Error ? error.message : String(error))
      }
    })
    call.on('end', () => lost('it closed the connection'))
    call.on('cancelled', () => lost('the connection broke'))
    call.on('error', (error) => lost(error.message))
  }

  #register(call: ControlCall, { executorId, slots, blockAddress, protocolVersion }: Register): string {
    if (protocolVersion !== PROTOCOL_VERSION) {
      throw new MillraceError('INTERNAL_ERROR', { message: `the executor speaks version ${protocolVersion}` })
    }
    const encoder = new DriverMessageEncoder()
    const connection: ExecutorConnection = {
      address: blockAddress,
      send: (message: DriverMessage) => void call.write(encoder.encode(message)),
      fetch: (request, signal) => this.#clients.fetch(blockAddress, request, signal),
      close: () => {
        this.#clients.forget(blockAddress)
        call.end()
        this.#options.onDismissed?.(executorId)
      },
    }
    this.#options.driver.connect(executorId, slots, connection, true)
    this.#options.onRegistered?.(executorId)
    return executorId
  }
}
