import { createServer, type Server, type Socket } from 'node:net'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { MAX_CONNECTIONS, MAX_STRANGERS, REFUSAL_GRACE_MS, REQUEST_TIMEOUT_MS, STRANGER_TIMEOUT_MS } from './limits.js'

export interface DoorOptions {
  readonly host: string
  /** 0 takes any that is free. */
  readonly port: number
  readonly timeouts?: RpcTimeouts | undefined
  /** Whether the listening socket and its connections keep the process alive; by default they do. */
  readonly keepsAlive?: boolean
}

/** Bounds that tests shorten. */
export interface RpcTimeouts {
  /** How long a connection may take to show the secret; default 10 s. */
  readonly strangerMs: number
  /** How long a call that carries it may take to send its request; default 10 s. */
  readonly requestMs: number
}

export const DEFAULT_TIMEOUTS: RpcTimeouts = { strangerMs: STRANGER_TIMEOUT_MS, requestMs: REQUEST_TIMEOUT_MS }

/** How gRPC names the other end of a connection; undefined once it is closed. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`
}

/**
 * The listening socket in front of a gRPC server. A connection is a stranger until one of its calls carries the secret; strangers are few
 * and are closed after a while, so that connections which never say anything cannot pile up.
 */
export class Door {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** By the other end's address, the oldest first. */
  readonly #strangers = new Map<string, { readonly socket: Socket; timer: NodeJS.Timeout }>()
  readonly #strangerTimeoutMs: number

  private constructor(server: Server, strangerTimeoutMs: number) {
    this.#server = server
    this.#strangerTimeoutMs = strangerTimeoutMs
  }

  /** @throws CANNOT_LISTEN when the port is taken or the host is not ours */
  static async listen(options: DoorOptions, onConnection: (socket: Socket) => void): Promise<Door> {
    // Probes by the kernel find connections whose other machine is gone, also while this process is busy or stopped.
    const server = createServer({ keepAlive: true, keepAliveInitialDelay: 10_000, noDelay: true })
    server.maxConnections = MAX_CONNECTIONS
    const door = new Door(server, (options.timeouts ?? DEFAULT_TIMEOUTS).strangerMs)
    const { host, port, keepsAlive = true } = options
    server.on('connection', (socket) => {
      door.#entered(socket)
      onConnection(socket)
      if (!keepsAlive) socket.unref()
    })
    if (!keepsAlive) server.unref()
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        reject(new MillraceError('CANNOT_LISTEN', { address: `${host}:${port}`, reason: cause.message }, { cause }))
      })
      server.listen({ host, port }, resolve)
    })
    // An error of accepting one connection (no descriptors left) must not end the process; the peer tries again.
    server.on('error', () => undefined)
    return door
  }

  get port(): number {
    return (this.#server.address() as { readonly port: number }).port
  }

  /** Connections that have not shown the secret. */
  get strangers(): number {
    return this.#strangers.size
  }

  /** A call of this peer carried the secret: its connection may stay. */
  admit(peer: string): void {
    clearTimeout(this.#strangers.get(peer)?.timer)
    this.#strangers.delete(peer)
  }

  /** A call of this peer did not carry the secret: it may read the refusal, then its connection is closed. */
  refuse(peer: string): void {
    const stranger = this.#strangers.get(peer)
    if (!stranger) return
    clearTimeout(stranger.timer)
    stranger.timer = setTimeout(() => stranger.socket.destroy(), REFUSAL_GRACE_MS).unref()
  }

  /** Takes no more connections; those that are open stay. */
  close(): void {
    this.#server.close()
  }

  /** Breaks all connections. */
  destroy(): void {
    this.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #closeStranger(socket: Socket): void {
    if (this.#strangers.get(peerOf(socket))?.socket === socket) socket.destroy()
  }

  #entered(socket: Socket): void {
    const peer = peerOf(socket)
    this.#sockets.add(socket)
    // What it sent while this process was busy is read before it is closed.
    const timer = setTimeout(() => setImmediate(() => this.#closeStranger(socket)), this.#strangerTimeoutMs).unref()
    this.#strangers.set(peer, { socket, timer })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      if (this.#strangers.get(peer)?.socket === socket) this.admit(peer)
    })
    if (this.#strangers.size <= MAX_STRANGERS) return
    // The oldest goes: one that has the secret shows it at once.
    const [oldest] = this.#strangers.values()
    oldest!.socket.destroy()
  }
}
