import type { Duplex } from 'node:stream'
import type pg from 'pg'
import type { Connection } from './connection.js'

/** The socket is read no further while so many bytes wait. */
const MOST_WAITING = 1024 ** 2

type Listener = (chunk: Buffer) => void

/**
 * A COPY to us, whose messages are taken as they come from the socket, without an object for each row. Once a message comes that is not of its
 * rows, the library is given the socket back with what has not been taken.
 */
export class CopyOut implements pg.Submittable {
  readonly #text: string
  readonly #connection: Connection
  #stream: Duplex | undefined
  #others: Listener[] = []
  #chunks: Buffer[] = []
  #waiting = 0
  #isEnded = false
  #error: unknown
  #wake: (() => void) | undefined

  constructor(text: string, connection: Connection) {
    this.#text = text
    this.#connection = connection
  }

  submit(connection: pg.Connection): void {
    this.#stream = connection.stream
    this.#others = this.#stream.listeners('data') as Listener[]
    this.#stream.removeAllListeners('data')
    this.#stream.on('data', this.#take)
    connection.query(this.#text)
  }

  /** How many bytes can be taken at once. */
  get waiting(): number {
    return this.#waiting
  }

  /** Copies as many bytes as there are and have room; returns how many. */
  take(to: Uint8Array): number {
    let taken = 0
    while (taken < to.length && this.#chunks.length > 0) {
      const chunk = this.#chunks[0]!
      const part = chunk.subarray(0, to.length - taken)
      to.set(part, taken)
      taken += part.length
      if (part.length === chunk.length) this.#chunks.shift()
      else this.#chunks[0] = chunk.subarray(part.length)
    }
    this.#waiting -= taken
    if (this.#waiting < MOST_WAITING && this.#stream?.isPaused()) this.#stream.resume()
    return taken
  }

  /** Waits until there are bytes. Says false when the statement has ended. @throws POSTGRES_UNAVAILABLE, POSTGRES_REQUEST_REFUSED */
  async more(): Promise<boolean> {
    while (this.#waiting === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#error !== undefined) throw this.#connection.failure(this.#error)
    return this.#waiting > 0
  }

  /** Has the library read on from these bytes, which were taken, and waits for the end of the statement. @throws as `more` */
  async giveBack(bytes: Buffer): Promise<void> {
    const stream = this.#stream!
    const rest = [bytes, ...this.#chunks]
    this.#chunks = []
    this.#waiting = 0
    stream.removeListener('data', this.#take)
    for (const listener of this.#others) stream.on('data', listener)
    for (const chunk of rest) for (const listener of this.#others) listener(chunk)
    stream.resume()
    await this.more()
  }

  readonly #take = (chunk: Buffer): void => {
    this.#chunks.push(chunk)
    this.#waiting += chunk.length
    if (this.#waiting >= MOST_WAITING) this.#stream!.pause()
    this.#rouse()
  }

  #rouse(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  #end(error?: unknown): void {
    this.#isEnded = true
    this.#error ??= error
    this.#rouse()
  }

  // What the library tells a statement, by its own names.
  handleError(error: unknown): void {
    this.#end(error)
  }

  handleReadyForQuery(): void {
    this.#end()
  }

  handleCommandComplete(): void {}

  handleRowDescription(): void {}

  handleDataRow(): void {}
}
