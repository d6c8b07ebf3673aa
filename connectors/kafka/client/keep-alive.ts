import type { Socket } from 'node:net'
import { type Cluster, type Connection, connectionsOf } from './kafkajs-internals.js'

/** Says of the connections of a cluster whether they keep the process alive. */
export class KeepAlive {
  readonly #cluster: Cluster
  readonly #connecting = new WeakSet<Socket>()
  #isOn = true

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  set(isOn: boolean): void {
    this.#isOn = isOn
    for (const connection of connectionsOf(this.#cluster)) this.apply(connection)
  }

  /** For a connection that is new. */
  apply({ socket, requestQueue }: Connection): void {
    this.#apply(requestQueue.requestTimeoutIntervalId)
    if (!socket || socket.destroyed) return
    if (socket.pending) this.#applyLater(socket)
    else this.#apply(socket)
  }

  #apply(handle: Socket | NodeJS.Timeout | null | undefined): void {
    if (this.#isOn) handle?.ref()
    else handle?.unref()
  }

  /** A socket without a handle yet would collect a listener with each call. */
  #applyLater(socket: Socket): void {
    if (this.#connecting.has(socket)) return
    this.#connecting.add(socket)
    socket.once('connect', () => {
      this.#connecting.delete(socket)
      this.#apply(socket)
    })
  }
}
