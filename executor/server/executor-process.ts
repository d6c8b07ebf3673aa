import { MillraceError } from '../../common/errors/millrace-error.js'
import type { DriverMessage } from '../../proto/protocol.js'
import { BlockClients } from '../../proto/rpc/block-clients.js'
import { RpcServer } from '../../proto/rpc/server.js'
import { Executor } from '../executor.js'
import { type ThreadModules, threadData } from '../thread-data.js'
import { DriverConnection } from './driver-connection.js'

export interface ExecutorProcessConfig {
  readonly executorId: string
  /** host:port of the driver. */
  readonly driverAddress: string
  readonly secret: string
  readonly slots: number
  readonly memoryBytes: number
  /** Where blocks are served; loopback unless told. */
  readonly host: string
  /** 0 takes any that is free. */
  readonly port: number
  readonly heartbeatIntervalMs: number
  /** How long to try to reach the driver. */
  readonly connectTimeoutMs: number
  readonly modules: ThreadModules
}

/**
 * An executor in a process of its own, for one connection to the driver: resolves when the driver ends it or `stop` is aborted. Then,
 * and on failure as well, its threads and port are gone.
 * @throws CANNOT_LISTEN, DRIVER_UNREACHABLE, EXECUTOR_NOT_AUTHENTICATED, DRIVER_LOST
 */
export async function runExecutorProcess(config: ExecutorProcessConfig, stop: AbortSignal): Promise<void> {
  const clients = new BlockClients(config.secret)
  let threads: ReturnType<typeof threadData> | undefined
  let connection: DriverConnection | undefined
  const executor = new Executor({
    ...config,
    threads: () => {
      threads ??= threadData(config.modules)
      return threads
    },
    client: {
      fetch: (address, request, signal) => clients.fetch(address, request, signal),
      fetchLocal: (request, signal) => clients.fetch(config.driverAddress, { ...request, kind: 'local' }, signal),
    },
    send: (message) => connection?.send(message),
  })
  let server: RpcServer | undefined
  try {
    server = await RpcServer.listen({ ...config, serveBlocks: (request) => executor.fetch(request) })
    const { address } = server
    await new Promise<void>((resolve, reject) => {
      stop.addEventListener('abort', () => resolve(), { once: true })
      if (stop.aborted) return resolve()
      const onMessage = (message: DriverMessage): void =>
        message.kind === 'shutdown' ? resolve() : executor.handle(message)
      const options = { ...config, address: config.driverAddress, blockAddress: address, onMessage, onLost: reject }
      DriverConnection.open(options).then((opened) => {
        connection = opened
        if (stop.aborted) opened.close()
        // The first tasks should not wait for threads; a thread that cannot start fails its first task.
        executor.start().catch(() => undefined)
      }, reject)
    })
  } finally {
    connection?.close()
    await server?.close(0)
    clients.close()
    await executor.close()
  }
}

/** Checks a configuration that came from outside. @throws INVALID_CONF_VALUE */
export function readExecutorConfig(text: string): ExecutorProcessConfig {
  try {
    const config = JSON.parse(text) as ExecutorProcessConfig
    if (typeof config.driverAddress === 'string' && Number.isInteger(config.slots) && config.slots > 0) return config
  } catch {
    // Said below: what was given is no configuration.
  }
  throw new MillraceError('INVALID_CONF_VALUE', { key: 'executor', value: '…', reason: 'it is not a configuration' })
}
