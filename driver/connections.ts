import type { FileProtection } from '../common/encryption/file-protection.js'
import type { DriverMessage, ExecutorConnection } from '../proto/protocol.js'

/** The connections to executors that count as there. What is said to one that is gone is not heard. */
export class Connections {
  readonly #byId = new Map<string, ExecutorConnection>()
  readonly #protection: FileProtection | undefined

  /** @param protection how executors encrypt their files, if they do: what each is told first */
  constructor(protection: FileProtection | undefined) {
    this.#protection = protection
  }

  add(executorId: string, connection: ExecutorConnection): void {
    this.#byId.set(executorId, connection)
    if (this.#protection) connection.send({ kind: 'protectFiles', protection: this.#protection })
  }

  get(executorId: string): ExecutorConnection | undefined {
    return this.#byId.get(executorId)
  }

  /** Where an executor serves blocks: host:port, or empty of one in this process. */
  addressOf(executorId: string): string {
    return this.#byId.get(executorId)?.address ?? ''
  }

  send(executorId: string, message: DriverMessage): void {
    this.#byId.get(executorId)?.send(message)
  }

  sendAll(message: DriverMessage): void {
    for (const connection of this.#byId.values()) connection.send(message)
  }

  /** @param isToEnd whether the executor is told to end, which one that was lost may not hear */
  close(executorId: string, isToEnd: boolean): void {
    const connection = this.#byId.get(executorId)
    if (isToEnd) connection?.send({ kind: 'shutdown' })
    connection?.close()
    this.#byId.delete(executorId)
  }

  /** Tells executors to end. */
  shutDown(): void {
    for (const executorId of [...this.#byId.keys()]) this.close(executorId, true)
  }
}
