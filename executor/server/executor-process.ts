import { setTimeout as sleep } from 'node:timers/promises'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { growingPauseMs } from '../../common/growing-pause.js'
import type { DriverMessage, ExecutorMemory } from '../../proto/protocol.js'
import { BlockClients } from '../../proto/rpc/block-clients.js'
import type { Credentials } from '../../proto/rpc/credentials.js'
import { DRIVER_PATIENCE_MS } from '../../proto/rpc/limits.js'
import { RpcServer } from '../../proto/rpc/server.js'
import { Executor } from '../executor.js'
import { type ThreadModules, threadDataOnce } from '../thread-data.js'
import { DriverConnection } from './driver-connection.js'

export interface ExecutorProcessConfig extends Credentials {
  readonly executorId: string
  /** host:port of the driver. */
  readonly driverAddress: string
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

const PAUSE = { firstMs: 100, mostMs: 5_000 }
/** A connection that held so long is a reason to begin with the shortest pause again. */
const STABLE_AFTER_MS = 60_000

/**
 * An executor in a process of its own: resolves when the driver ends it or `stop` is aborted. Then, and on failure as well, its threads
 * and port are gone. When `leave` is aborted it asks the driver to have others take what it holds, and to end it then. When the driver is lost, or counts this executor as lost, it drops what it has and registers again under a new id.
 * @throws CANNOT_LISTEN, DRIVER_UNREACHABLE, SECRET_MISMATCH, CERTIFICATE_REFUSED, TLS_MISMATCH, PROTOCOL_VERSION_MISMATCH
 */
export async function runExecutorProcess(
  config: ExecutorProcessConfig,
  stop: AbortSignal,
  leave: AbortSignal = new AbortController().signal,
): Promise<void> {
  let previousId = ''
  let failed = 0
  for (let life = 1; ; life++) {
    const executorId = life === 1 ? config.executorId : `${config.executorId}.${life}`
    const startedMs = performance.now()
    try {
      return await runOnce({ ...config, executorId, previousId }, stop, leave)
    } catch (error) {
      if (stop.aborted) return
      if (!MillraceError.is(error) || error.condition !== 'DRIVER_LOST') throw error
      if (leave.aborted) return
    }
    previousId = executorId
    if (performance.now() - startedMs >= STABLE_AFTER_MS) failed = 0
    await sleep(growingPauseMs(PAUSE, failed++), undefined, { signal: stop }).catch(() => undefined)
    if (stop.aborted) return
  }
}

/** One registration, from connecting to the end of the connection. @throws what `runExecutorProcess` does, DRIVER_LOST */
async function runOnce(
  config: ExecutorProcessConfig & { readonly previousId: string },
  stop: AbortSignal,
  leave: AbortSignal,
): Promise<void> {
  const clients = new BlockClients(config)
  let connection: DriverConnection | undefined
  const executor = new Executor({
    ...config,
    threads: threadDataOnce(config.modules),
    client: {
      fetch: (address, request, signal) => clients.fetch(address, request, signal),
      fetchLocal: (request, signal) =>
        clients.fetch(config.driverAddress, { ...request, kind: 'local' }, signal, DRIVER_PATIENCE_MS),
    },
    send: (message) => connection?.send(message),
  })
  let server: RpcServer | undefined
  const ended = new AbortController()
  const sayLeaving = (): void => connection?.send({ kind: 'leaving', reason: String(leave.reason) })
  leave.addEventListener('abort', sayLeaving, { once: true, signal: ended.signal })
  try {
    server = await RpcServer.listen({ ...config, serveBlocks: (request) => executor.fetch(request) })
    const { address } = server
    await new Promise<void>((resolve, reject) => {
      stop.addEventListener('abort', () => resolve(), { once: true, signal: ended.signal })
      if (stop.aborted) return resolve()
      const onMessage = (message: DriverMessage): void =>
        message.kind === 'shutdown' ? resolve() : executor.handle(message)
      const memory = (): ExecutorMemory => executor.memoryUsage
      const told = { onMessage, onLost: reject, memory }
      const options = { ...config, address: config.driverAddress, blockAddress: address, ...told }
      DriverConnection.open(options, stop).then((opened) => {
        connection = opened
        if (stop.aborted) opened.close()
        if (leave.aborted) sayLeaving()
        // The first tasks should not wait for threads; a thread that cannot start fails its first task.
        executor.start().catch(() => undefined)
      }, reject)
    })
  } finally {
    ended.abort()
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
