import type { Duplex } from 'node:stream'
import type pg from 'pg'
import type { Connection } from './connection.js'

const DATA = 0x64
const DONE = 0x63
const HEAD_BYTES = 5
const LENGTH_BYTES = 4

/** A COPY from us. */
export class CopyIn implements pg.Submittable {
  readonly #text: string
  readonly #connection: Connection
  readonly #begun: Promise<void>
  readonly #ended: Promise<void>
  #stream: Duplex | undefined
  #begin: () => void = () => undefined
  #end: () => void = () => undefined
  #rouse: () => void = () => undefined
  #isOver = false
  #error: unknown

  constructor(text: string, connection: Connection) {
    this.#text = text
    this.#connection = connection
    this.#begun = new Promise((resolve) => {
      this.#begin = resolve
    })
    this.#ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  submit(connection: pg.Connection): void {
    this.#stream = connection.stream
    connection.query(this.#text)
  }

  /** Sends rows, of which a part may end anywhere, and waits while more waits to be sent. @throws POSTGRES_UNAVAILABLE, POSTGRES_REQUEST_REFUSED */
  async send(rows: Uint8Array): Promise<void> {
    await this.#begun
    this.#check()
    const stream = this.#stream!
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeUInt8(DATA)
    head.writeUInt32BE(rows.length + LENGTH_BYTES, 1)
    stream.write(head)
    if (!stream.write(rows)) await this.#drained(stream)
    this.#check()
  }

  /** Waits until the server has all rows. @throws as `send` */
  async finish(): Promise<void> {
    await this.#begun
    this.#check()
    this.#stream!.write(Buffer.from([DONE, 0, 0, 0, LENGTH_BYTES]))
    await this.#ended
    this.#check()
  }

  /** Until more can be sent, or nothing can be any more. Nothing is left of the wait: a copy waits for as long as there are rows. */
  async #drained(stream: Duplex): Promise<void> {
    if (this.#isOver) return
    await new Promise<void>((resolve) => {
      const over = (): void => {
        stream.off('drain', over).off('close', over)
        this.#rouse = () => undefined
        resolve()
      }
      stream.on('drain', over).on('close', over)
      this.#rouse = over
    })
  }

  #over(): void {
    this.#isOver = true
    this.#end()
    this.#rouse()
  }

  #check(): void {
    if (this.#error !== undefined) throw this.#connection.failure(this.#error)
  }

  // What the library tells a statement, by its own names.
  handleCopyInResponse(): void {
    this.#begin()
  }

  handleError(error: unknown): void {
    this.#error ??= error
    this.#begin()
    this.#over()
  }

  handleReadyForQuery(): void {
    this.#over()
  }

  handleCommandComplete(): void {}
}
