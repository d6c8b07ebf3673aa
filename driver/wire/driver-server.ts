import {
  MillraceError,
  type SerializedError,
  serializeError,
  toMillraceError,
} from '../../common/errors/millrace-error.js'
import type { Logger } from '../../common/log.js'
import type { DriverMessage, DriverPort, ExecutorConnection, TaskLaunch } from '../../proto/protocol.js'
import { BlockClients } from '../../proto/rpc/block-clients.js'
import type { DoorOptions } from '../../proto/rpc/door.js'
import { MAX_LAUNCH_BYTES } from '../../proto/rpc/limits.js'
import { type ControlCall, RpcServer } from '../../proto/rpc/server.js'
import { statusOf } from '../../proto/rpc/typed-status.js'
import type { Register } from '../../proto/wire.js'
import { DriverMessageEncoder, decodeExecutorMessage, messageTooLarge } from '../../proto/wire-codec.js'

export interface DriverServerOptions extends Pick<DoorOptions, 'host' | 'port' | 'secret' | 'tls' | 'strangerMs'> {
  readonly driver: DriverPort & { disconnected(executorId: string, reason: string): void }
  readonly logger: Logger
  /** Told of each executor that registered, and of the id it had before when it came back. */
  onRegistered?(executorId: string, previousId: string): void
  /** Told of each that the driver is done with: it was asked to end, or counts as lost. */
  onDismissed?(executorId: string): void
}

const CLOSE_GRACE_MS = 1_000

/** The driver's door for executors of other processes. */
export class DriverServer {
  readonly #options: DriverServerOptions
  readonly #clients: BlockClients
  /** Ids of executors whose connection is open. */
  readonly #present = new Set<string>()
  #server: RpcServer | undefined

  private constructor(options: DriverServerOptions) {
    this.#options = options
    this.#clients = new BlockClients(options)
  }

  /** @throws CANNOT_LISTEN */
  static async listen(options: DriverServerOptions): Promise<DriverServer> {
    const self = new DriverServer(options)
    self.#server = await RpcServer.listen({
      ...options,
      // A program whose work is done ends, as it does without executors: what runs keeps it alive, not what waits for more.
      keepsAlive: false,
      serveBlocks: async function* (request) {
        if (request.kind !== 'local') throw new MillraceError('REQUEST_REFUSED', { what: 'the output of tasks' })
        const blocks = options.driver.localBlocks.find(request.id)
        if (!blocks) throw new MillraceError('REQUEST_REFUSED', { what: `the relation ${request.id}` })
        yield* blocks.slice(request.from, request.until)
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
    const gone = (reason: string): void => {
      if (executorId === undefined) return
      this.#present.delete(executorId)
      driver.disconnected(executorId, reason)
    }
    const lost = (reason: string): void => {
      gone(reason)
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
        gone(toMillraceError(error).text)
        // It is told why: what cannot be mended by registering again ends it.
        call.emit('error', statusOf(error))
      }
    })
    call.on('end', () => lost('it closed the connection'))
    call.on('cancelled', () => lost('the connection broke'))
    call.on('error', (error) => lost(error.message))
  }

  #register(call: ControlCall, { executorId, slots, blockAddress, previousId }: Register): string {
    if (this.#present.has(executorId)) {
      const reason = 'another executor has this id'
      throw new MillraceError('INVALID_CONF_VALUE', { key: 'executorId', value: executorId, reason })
    }
    this.#present.add(executorId)
    if (previousId !== '') this.#options.driver.disconnected(previousId, `it came back as ${executorId}`)
    const encoder = new DriverMessageEncoder(this.#options.secret)
    const connection: ExecutorConnection = {
      address: blockAddress,
      send: (message) => this.#send(call, encoder, executorId, message),
      fetch: (request, signal) => this.#clients.fetch(blockAddress, request, signal),
      close: () => {
        this.#clients.forget(blockAddress)
        this.#present.delete(executorId)
        call.end()
        this.#options.onDismissed?.(executorId)
      },
    }
    this.#options.driver.connect(executorId, slots, connection, true)
    this.#options.onRegistered?.(executorId, previousId)
    return executorId
  }

  /** A task that cannot be sent fails as one that could not be run: the others of the executor are not concerned. */
  #send(call: ControlCall, encoder: DriverMessageEncoder, executorId: string, message: DriverMessage): void {
    if (message.kind !== 'launchTask') return void call.write(encoder.encode(message))
    const bytes = encoded(encoder, message.launch)
    if (Buffer.isBuffer(bytes)) return void call.write(bytes)
    this.#options.driver.receive(executorId, { kind: 'taskFailed', attemptId: message.launch.attemptId, error: bytes })
  }
}

function encoded(encoder: DriverMessageEncoder, launch: TaskLaunch): Buffer | SerializedError {
  try {
    const bytes = encoder.encode({ kind: 'launchTask', launch })
    return bytes.length <= MAX_LAUNCH_BYTES
      ? bytes
      : messageTooLarge(bytes.length, MAX_LAUNCH_BYTES, 'a task with its plan and its splits')
  } catch (error) {
    return serializeError(error)
  }
}
