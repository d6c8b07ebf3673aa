import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Json, Split, StreamSource } from '../api.js'
import { type Line, splitToJson } from './line.js'
import type { SocketOptions } from './options.js'

/** So much is held of what no batch has read yet; the server waits until one has. */
const MOST_LINES = 100_000
const MOST_CHARACTERS = 16 * 1024 ** 2

/** The lines of a connection, held until the batch that reads them is committed. Offsets are how many there were before. */
export class SocketStream implements StreamSource {
  readonly #socket: Socket
  readonly #server: string
  readonly #nowMs: () => number
  /** Those that are held, behind so many that are not any more. */
  #lines: Line[] = []
  #before = 0
  #characters = 0
  /** Behind the last end of a line. */
  #rest = ''
  #failure: Error | undefined
  /** Of a query that goes on from a checkpoint what it had not read is gone with the connection. */
  #isNew = false

  private constructor(socket: Socket, server: string, nowMs: () => number) {
    this.#socket = socket
    this.#server = server
    this.#nowMs = nowMs
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#take(text))
    socket.on('error', (error) => {
      this.#failure = error
    })
    socket.on('end', () => this.#end())
  }

  /** @throws SOCKET_UNAVAILABLE */
  static async open({ host, port }: SocketOptions, nowMs: () => number): Promise<SocketStream> {
    const socket = connect(port, host)
    try {
      await once(socket, 'connect')
    } catch (cause) {
      throw unavailable(`${host}:${port}`, cause as Error)
    }
    return new SocketStream(socket, `${host}:${port}`, nowMs)
  }

  async initialOffset(): Promise<Json> {
    this.#isNew = true
    return 0
  }

  /** @throws SOCKET_UNAVAILABLE, UNSUPPORTED_FEATURE for a checkpoint of an earlier start */
  async latestOffset(from: Json, _isLimited: boolean, goal?: Json): Promise<Json> {
    this.#refuseRestart()
    const end = this.#before + this.#lines.length
    if (end === from && this.#failure) throw unavailable(this.#server, this.#failure)
    return goal === undefined ? end : Math.min(end, goal as number)
  }

  /** @throws UNSUPPORTED_FEATURE for a batch of an earlier start */
  async planSplits(from: Json, until: Json, _: readonly string[], parallelism: number): Promise<readonly Split[]> {
    this.#refuseRestart()
    const lines = this.#lines.slice((from as number) - this.#before, (until as number) - this.#before)
    const size = Math.ceil(lines.length / parallelism)
    const shares = Array.from({ length: size === 0 ? 0 : Math.ceil(lines.length / size) }, (_, i) =>
      lines.slice(i * size, (i + 1) * size),
    )
    return shares.map((share) => ({ data: splitToJson(share), rows: share.length }))
  }

  async committed(until: Json): Promise<void> {
    const done = this.#lines.splice(0, (until as number) - this.#before)
    this.#before += done.length
    this.#characters -= done.reduce((sum, { text }) => sum + text.length, 0)
    if (!this.#isFull) this.#socket.resume()
  }

  async close(): Promise<void> {
    this.#socket.destroy()
  }

  get #isFull(): boolean {
    return this.#lines.length >= MOST_LINES || this.#characters + this.#rest.length >= MOST_CHARACTERS
  }

  /** What comes behind the last end of a line is one, too. */
  #end(): void {
    if (this.#rest !== '') this.#take('\n')
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split('\n')
    this.#rest = parts.pop()!
    const atMs = this.#nowMs()
    for (const part of parts) {
      const line = part.endsWith('\r') ? part.slice(0, -1) : part
      this.#lines.push({ text: line, atMs })
      this.#characters += line.length
    }
    if (this.#rest.length >= MOST_CHARACTERS) {
      this.#failure = new Error(`a line has more than ${MOST_CHARACTERS} characters`)
      this.#socket.destroy()
    } else if (this.#isFull) this.#socket.pause()
  }

  #refuseRestart(): void {
    if (this.#isNew) return
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a restart of a stream of the data source socket' })
  }
}

const unavailable = (server: string, cause: Error): MillraceError =>
  new MillraceError('SOCKET_UNAVAILABLE', { server, reason: cause.message }, { cause })
