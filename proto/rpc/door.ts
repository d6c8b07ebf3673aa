import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { listenReason } from '../../common/listen-reason.js'
import type { Logger } from '../../common/log.js'
import { hostPort } from './address.js'
import type { Credentials, TlsIdentity } from './credentials.js'
import { admit, type Guard, refuse } from './handshake/admit.js'
import { ExactReader } from './handshake/exact-reader.js'
import { type Refusal, startsTls } from './handshake/frames.js'
import {
  MAX_CONNECTIONS,
  MAX_STRANGERS,
  REFUSAL_GRACE_MS,
  REFUSALS_LOGGED_EVERY_MS,
  STRANGER_TIMEOUT_MS,
} from './limits.js'
import { tlsOptions } from './tls-options.js'

export interface DoorOptions extends Credentials, Guard {
  readonly host: string
  /** 0 takes any that is free. */
  readonly port: number
  /** How long a connection may take to prove that it has the secret. */
  readonly strangerMs?: number | undefined
  /** Whether the listening socket and its connections keep the process alive; by default they do. */
  readonly keepsAlive?: boolean
  /** Told of connections that are refused. */
  readonly logger?: Logger | undefined
}

interface Stranger {
  readonly address: string
  timer: NodeJS.Timeout
}

/**
 * The listening socket in front of a gRPC server. A connection is a stranger until it has proved that it has the secret; strangers are few
 * and are closed after a while, and gRPC does not see them.
 */
export class Door {
  readonly #server: Server
  readonly #options: DoorOptions
  /** Without TLS around them. */
  readonly #sockets = new Set<Socket>()
  /** The oldest first. */
  readonly #strangers = new Map<Socket, Stranger>()
  readonly #onConnection: (socket: Socket, token: string) => void
  #loggedMs = -Infinity

  private constructor(options: DoorOptions, onConnection: (socket: Socket, token: string) => void) {
    this.#options = options
    this.#onConnection = onConnection
    // Probes by the kernel find connections whose other machine is gone, also while this process is busy or stopped.
    this.#server = createServer({ keepAlive: true, keepAliveInitialDelay: 10_000, noDelay: true })
    this.#server.maxConnections = MAX_CONNECTIONS
    const tls = options.tls ? this.#tlsServer(options.tls) : undefined
    this.#server.on('connection', (socket) => {
      this.#entered(socket)
      void (tls ? this.#secured(socket, tls) : this.#greeted(socket))
    })
  }

  /** @throws CANNOT_LISTEN when the port is taken or the host is not ours */
  static async listen(options: DoorOptions, onConnection: (socket: Socket, token: string) => void): Promise<Door> {
    const door = new Door(options, onConnection)
    const server = door.#server
    const { host, port, keepsAlive = true } = options
    if (!keepsAlive) server.unref()
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        reject(
          new MillraceError('CANNOT_LISTEN', { address: hostPort(host, port), reason: listenReason(cause) }, { cause }),
        )
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

  /** Connections that have not proved anything. */
  get strangers(): number {
    return this.#strangers.size
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

  #entered(socket: Socket): void {
    if (this.#options.keepsAlive === false) socket.unref()
    this.#sockets.add(socket)
    // What it sent while this process was busy is read before it is closed.
    const closeLate = (): void => void setImmediate(() => this.#strangers.has(socket) && socket.destroy())
    const timer = setTimeout(closeLate, this.#options.strangerMs ?? STRANGER_TIMEOUT_MS).unref()
    this.#strangers.set(socket, { address: socket.remoteAddress ?? '', timer })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.#noLongerStranger(socket)
    })
    if (this.#strangers.size > MAX_STRANGERS) this.#thrownOut(this.#oldestOfMost())
  }

  /** It is gone from now on: its end is told later, and whoever comes until then must push out another one. */
  #thrownOut(socket: Socket): void {
    this.#noLongerStranger(socket)
    socket.destroy()
  }

  /** Whoever knocks most loses first: others, who have the secret and prove it soon, still come in. */
  #oldestOfMost(): Socket {
    const oldest = new Map<string, { readonly socket: Socket; count: number }>()
    for (const [socket, { address }] of this.#strangers) {
      const same = oldest.get(address)
      if (same) same.count++
      else oldest.set(address, { socket, count: 1 })
    }
    return [...oldest.values()].reduce((most, one) => (one.count > most.count ? one : most)).socket
  }

  /** Listens to nothing by itself. */
  #tlsServer(identity: TlsIdentity): TlsServer {
    const server = createTlsServer({
      ...tlsOptions(identity),
      requestCert: true,
      // Who shows a bad one is told what is wrong with it, and gets no further.
      rejectUnauthorized: false,
    })
    server.on('secureConnection', (socket) => void this.#greeted(socket))
    server.on('tlsClientError', (_error, socket) => socket.destroy())
    return server
  }

  /** Whoever does not begin with TLS is told so, which TLS itself would not do. */
  async #secured(socket: Socket, tls: TlsServer): Promise<void> {
    const first = await new ExactReader(socket).read(1).catch(() => undefined)
    if (!first) return void socket.destroy()
    socket.unshift(first)
    if (startsTls(first)) tls.emit('connection', socket)
    else this.#refused(socket, refuse(socket, { kind: 'tls', reason: '' }))
  }

  /** `socket` speaks TLS where that is asked for. */
  async #greeted(socket: Socket): Promise<void> {
    socket.on('error', () => undefined)
    const raw = this.#rawOf(socket)
    const verdict = await admit(socket, this.#options).catch(() => 'broken' as const)
    if (verdict === 'broken' || !raw || !this.#strangers.has(raw)) return void socket.destroy()
    if (verdict.kind !== 'admitted') return this.#refused(raw, verdict)
    this.#noLongerStranger(raw)
    this.#onConnection(socket, verdict.token)
  }

  #rawOf(socket: Socket): Socket | undefined {
    if (this.#sockets.has(socket)) return socket
    // Node has no public way from TLS to what is below, but both know the other end.
    const { remoteAddress, remotePort } = socket
    return [...this.#strangers.keys()].find(
      (raw) => raw.remoteAddress === remoteAddress && raw.remotePort === remotePort,
    )
  }

  #noLongerStranger(raw: Socket): void {
    clearTimeout(this.#strangers.get(raw)?.timer)
    this.#strangers.delete(raw)
  }

  #refused(raw: Socket, refusal: Refusal): void {
    const stranger = this.#strangers.get(raw)
    if (!stranger) return void raw.destroy()
    clearTimeout(stranger.timer)
    stranger.timer = setTimeout(() => raw.destroy(), REFUSAL_GRACE_MS).unref()
    const nowMs = performance.now()
    // Strangers must not fill the log either.
    if (nowMs - this.#loggedMs < REFUSALS_LOGGED_EVERY_MS) return
    this.#loggedMs = nowMs
    this.#options.logger?.warn({ from: stranger.address, ...refusal }, 'a connection is refused')
  }
}
