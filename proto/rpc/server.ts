import { once } from 'node:events'
import {
  logVerbosity,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerWritableStream,
  setLogVerbosity,
} from '@grpc/grpc-js'
import type { Block } from '../../columnar/block.js'
import type { FetchRequest } from '../protocol.js'
import { decodeFetchRequest, encodeBlock } from '../wire-codec.js'
import { DEFAULT_TIMEOUTS, Door, type RpcTimeouts } from './door.js'
import { guard } from './guard.js'
import { CLUSTER_SERVICE, CONTROL_SERVICE, DATA_SERVICE, SERVER_OPTIONS } from './services.js'
import { statusOf } from './typed-status.js'

// What goes wrong reaches us as an error and is reported as a condition; the library's own lines would only be noise beside it.
setLogVerbosity(logVerbosity.NONE)

export type ControlCall = ServerDuplexStream<Buffer, Buffer>

export interface RpcServerOptions {
  /** Loopback unless the user said otherwise. */
  readonly host: string
  /** 0 takes any that is free. */
  readonly port: number
  readonly secret: string
  readonly timeouts?: RpcTimeouts | undefined
  readonly keepsAlive?: boolean
  /** Only drivers and executors have blocks. */
  serveBlocks?(request: FetchRequest, signal: AbortSignal): AsyncIterable<Block>
  /** Only the driver takes executors. */
  connected?(call: ControlCall): void
  /** Only the master of a cluster takes workers and applications. */
  joined?(call: ControlCall): void
}

/**
 * A listening gRPC server of the driver, an executor or the master of a cluster. Calls without the secret of the application, or of
 * the cluster, are refused at their headers, before anything of their request is read.
 */
export class RpcServer {
  readonly address: string
  readonly #server: Server
  readonly #door: Door

  private constructor(server: Server, door: Door, address: string) {
    this.#server = server
    this.#door = door
    this.address = address
  }

  /** @throws CANNOT_LISTEN when the port is taken or the host is not ours */
  static async listen(options: RpcServerOptions): Promise<RpcServer> {
    // The interceptor is made before the door it tells, which needs the server.
    let door: Door | undefined
    const interceptor = guard(options.secret, (options.timeouts ?? DEFAULT_TIMEOUTS).requestMs, {
      admit: (peer) => door?.admit(peer),
      refuse: (peer) => door?.refuse(peer),
    })
    const server = new Server({ ...SERVER_OPTIONS, interceptors: [interceptor] })
    const { serveBlocks, connected, joined } = options
    if (serveBlocks) {
      const fetch = (call: ServerWritableStream<Buffer, Buffer>): void => void sendBlocks(call, serveBlocks)
      server.addService(DATA_SERVICE, { fetch })
    }
    if (connected) server.addService(CONTROL_SERVICE, { connect: connected })
    if (joined) server.addService(CLUSTER_SERVICE, { connect: joined })
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure())
    door = await Door.listen(options, (socket) => injector.injectConnection(socket))
    return new RpcServer(server, door, `${options.host}:${door.port}`)
  }

  /** Connections that have not shown the secret yet. */
  get strangers(): number {
    return this.#door.strangers
  }

  /** Lets calls that are ending end, for a bounded while, then breaks all connections. */
  async close(graceMs: number): Promise<void> {
    this.#door.close()
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs)
      this.#server.tryShutdown(() => resolve())
    })
    clearTimeout(timer)
    this.#server.forceShutdown()
    this.#door.destroy()
  }
}

async function sendBlocks(
  call: ServerWritableStream<Buffer, Buffer>,
  serveBlocks: NonNullable<RpcServerOptions['serveBlocks']>,
): Promise<void> {
  const abort = new AbortController()
  call.on('cancelled', () => abort.abort())
  // A broken connection ends the call; whoever asked has noticed as well.
  call.on('error', () => abort.abort())
  try {
    for await (const block of serveBlocks(decodeFetchRequest(call.request), abort.signal)) {
      if (abort.signal.aborted) return
      if (!call.write(encodeBlock(block))) await once(call, 'drain', { signal: abort.signal })
    }
    call.end()
  } catch (error) {
    if (!abort.signal.aborted) call.emit('error', statusOf(error))
  }
}
