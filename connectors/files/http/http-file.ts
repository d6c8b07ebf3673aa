import { MillraceError } from '../../../common/errors/millrace-error.js'
import { changedSincePlanned, failedRead } from '../file-errors.js'
import type { ByteRange, FileReader, OpenFile, PlannedFile } from '../systems/open-file.js'
import { requestedRanges } from './byte-ranges.js'
import type { HttpClient } from './http-client.js'
import { bodyOf, contentRange, isOfPlanned, PARTIAL, rangeHeader } from './replies.js'

/** So many requests for one file are under way at the same time. */
const MOST_REQUESTS = 6

interface Piece {
  readonly position: number
  readonly content: Uint8Array
}

/** A file of a server, of which the ranges that were fetched last are held. */
export class HttpFile implements OpenFile {
  readonly path: string
  readonly #file: PlannedFile
  readonly #client: HttpClient
  readonly #reader: FileReader
  readonly #closing = new AbortController()
  readonly #signal: AbortSignal
  #pieces: readonly Piece[] = []

  constructor(file: PlannedFile, client: HttpClient, reader: FileReader) {
    this.path = file.path
    this.#file = file
    this.#client = client
    this.#reader = reader
    this.#signal = reader.signal ? AbortSignal.any([reader.signal, this.#closing.signal]) : this.#closing.signal
  }

  fetch(ranges: readonly ByteRange[]): Promise<void> | undefined {
    const { size, isUndivided } = this.#file
    const wanted = requestedRanges(ranges, size)
    if (wanted.every((range) => this.#holds(range))) return undefined
    return isUndivided ? this.#fetchWhole() : this.#fetchRanges(wanted)
  }

  readSome(target: Uint8Array, offset: number, length: number, position: number): number {
    if (position >= this.#file.size) return 0
    const piece = this.#pieces.find((one) => contains(one, position))
    if (!piece) throw new MillraceError('INTERNAL_ERROR', { message: `byte ${position} of a URL was not fetched` })
    const from = position - piece.position
    const some = piece.content.subarray(from, from + length)
    target.set(some, offset)
    return some.length
  }

  close(): void {
    this.#closing.abort()
    this.#letGo()
  }

  #holds({ position, bytes }: ByteRange): boolean {
    let at = position
    for (const piece of this.#pieces) if (contains(piece, at)) at = piece.position + piece.content.length
    return at >= position + bytes
  }

  #letGo(): void {
    this.#pieces = []
    this.#reader.held?.hold(0)
  }

  async #fetchRanges(ranges: readonly ByteRange[]): Promise<void> {
    this.#letGo()
    this.#reader.held?.hold(ranges.reduce((sum, { bytes }) => sum + bytes, 0))
    const pieces: Piece[] = []
    let next = 0
    const work = async (): Promise<void> => {
      for (let i = next++; i < ranges.length; i = next++) {
        const range = ranges[i]!
        pieces[i] = { position: range.position, content: await this.#range(range) }
      }
    }
    await Promise.all(Array.from({ length: Math.min(MOST_REQUESTS, ranges.length) }, work))
    this.#pieces = pieces
  }

  async #fetchWhole(): Promise<void> {
    const { path, size } = this.#file
    this.#reader.held?.hold(size)
    const request = { path, headers: {}, bytes: size, signal: this.#signal }
    const content = await this.#client.get(request, async (response) => {
      if (!isOfPlanned(response, this.#file)) throw changedSincePlanned(path)
      return bodyOf(response, path, this.#client.limits.mostWholeBytes)
    })
    if (content.length !== size) throw changedSincePlanned(path)
    this.#pieces = [{ position: 0, content }]
  }

  #range(range: ByteRange): Promise<Uint8Array> {
    const { path, size, version } = this.#file
    const headers: Record<string, string> = { range: rangeHeader(range) }
    if (version !== '') headers['if-range'] = version
    const request = { path, headers, bytes: range.bytes, signal: this.#signal }
    return this.#client.get(request, async (response) => {
      const told = contentRange(response)
      const isOfFile = response.status === PARTIAL && isOfPlanned(response, this.#file)
      if (!isOfFile || (told?.size ?? size) !== size) {
        await response.body?.cancel()
        throw changedSincePlanned(path)
      }
      if (told?.first !== range.position) throw failedRead(path, 'its server sent another part than was asked for')
      const content = await bodyOf(response, path, range.bytes)
      if (content.length < range.bytes) throw failedRead(path, 'its server sent less than was asked for')
      return content
    })
  }
}

const contains = ({ position, content }: Piece, at: number): boolean => position <= at && at < position + content.length
