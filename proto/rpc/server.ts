import { once } from 'node:events'
import type { Socket } from 'node:net'
import {
  logVerbosity,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerWritableStream,
  setLogVerbosity,
} from '@grpc/grpc-js'
import type { Block } from '../../columnar/blocks/block.js'
import { decodeFetchRequest, encodeBlock } from '../block-codec.js'
import type { FetchRequest } from '../protocol.js'
import { hostPort } from './address.js'
import { Door, type DoorOptions } from './door.js'
import { REQUEST_TIMEOUT_MS } from './limits.js'
import { requestDeadline } from './request-deadline.js'
import { CLUSTER_SERVICE, CONTROL_SERVICE, DATA_SERVICE, SERVER_OPTIONS } from './services.js'
import { statusOf } from './typed-status.js'

// What goes wrong reaches us as an error and is reported as a condition; the library's own lines would only be noise beside it.
setLogVerbosity(logVerbosity.NONE)

export type ControlCall = ServerDuplexStream<Buffer, Buffer>

export interface RpcServerOptions extends DoorOptions {
  /** How long a call may take to send its request. */
  readonly requestMs?: number | undefined
  /** Only drivers and executors have blocks. */
  serveBlocks?(request: FetchRequest, signal: AbortSignal): AsyncIterable<Block>
  /** Only the driver takes executors. */
  connected?(call: ControlCall): void
  /** Only the master of a cluster takes workers and applications. @param token the name of that by which the connection came in; empty with the secret itself */
  joined?(call: ControlCall, token: string): void
}

/**
 * A listening gRPC server of the driver, an executor or the master of a cluster. Connections come to it when they have proved that they have
 * the secret of the application, or of the cluster.
 */
export class RpcServer {
  readonly address: string
  readonly #servers: Servers
  readonly #door: Door

  private constructor(servers: Servers, door: Door, address: string) {
    this.#servers = servers
    this.#door = door
    this.address = address
  }

  /** @throws CANNOT_LISTEN when the port is taken or the host is not ours */
  static async listen(options: RpcServerOptions): Promise<RpcServer> {
    const servers = new Servers(options)
    const door = await Door.listen(options, (socket, token) => servers.take(socket, token))
    return new RpcServer(servers, door, hostPort(options.host, door.port))
  }

  /** Connections that have not proved that they have the secret yet. */
  get strangers(): number {
    return this.#door.strangers
  }

  /** The names of those by which connections came in that are open. */
  get tokens(): readonly string[] {
    return this.#servers.tokens
  }

  /** Lets calls that came in by a token and are ending end, for a bounded while, then breaks its connections. */
  drop(token: string, graceMs: number): void {
    this.#servers.drop(token, graceMs)
  }

  /** Lets calls that are ending end, for a bounded while, then breaks all connections. */
  async close(graceMs: number): Promise<void> {
    this.#door.close()
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs)
      void this.#servers.ended().then(resolve)
    })
    clearTimeout(timer)
    this.#servers.end()
    this.#door.destroy()
  }
}

interface Injected {
  readonly server: Server
  readonly injector: ReturnType<Server['createConnectionInjector']>
  /** That are open. */
  readonly sockets: Set<Socket>
}

/** With this came in who has the secret itself. */
const NO_TOKEN = ''

/** A server of gRPC for each token of connections that are open, whose calls know it: of a call gRPC does not tell the connection. */
class Servers {
  readonly #options: RpcServerOptions
  readonly #all = new Map<string, Injected>()

  constructor(options: RpcServerOptions) {
    this.#options = options
  }

  get tokens(): readonly string[] {
    return [...this.#all.keys()].filter((token) => token !== NO_TOKEN)
  }

  take(socket: Socket, token: string): void {
    const injected = this.#all.get(token) ?? this.#make(token)
    this.#all.set(token, injected)
    if (token !== NO_TOKEN) {
      injected.sockets.add(socket)
      socket.once('close', () => this.#left(socket, token, injected))
    }
    injected.injector.injectConnection(socket)
  }

  drop(token: string, graceMs: number): void {
    this.#all.get(token)?.injector.drain(graceMs)
    this.#all.delete(token)
  }

  #left(socket: Socket, token: string, injected: Injected): void {
    injected.sockets.delete(socket)
    if (injected.sockets.size > 0) return
    if (this.#all.get(token) === injected) this.#all.delete(token)
    injected.server.forceShutdown()
  }

  /** Resolves when all calls have ended. */
  async ended(): Promise<void> {
    const shutdown = ({ server }: Injected): Promise<void> => new Promise((done) => server.tryShutdown(() => done()))
    await Promise.all([...this.#all.values()].map(shutdown))
  }

  end(): void {
    for (const { server } of this.#all.values()) server.forceShutdown()
  }

  #make(token: string): Injected {
    const { requestMs, serveBlocks, connected, joined } = this.#options
    const deadline = requestDeadline(requestMs ?? REQUEST_TIMEOUT_MS)
    const server = new Server({ ...SERVER_OPTIONS, interceptors: [deadline] })
    if (serveBlocks) {
      const fetch = (call: ServerWritableStream<Buffer, Buffer>): void => void sendBlocks(call, serveBlocks)
      server.addService(DATA_SERVICE, { fetch })
    }
    if (connected) server.addService(CONTROL_SERVICE, { connect: connected })
    if (joined) server.addService(CLUSTER_SERVICE, { connect: (call: ControlCall) => joined(call, token) })
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure())
    return { server, injector, sockets: new Set() }
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
