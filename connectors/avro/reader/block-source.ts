import type { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Memory, ReadContext } from '../../api.js'
import { failedRead } from '../../files/file-errors.js'
import { FileStream } from '../../files/file-stream.js'
import type { Region } from '../../files/region.js'
import type { FileReader } from '../../files/systems/open-file.js'
import { longAt, SYNC_BYTES } from '../container.js'
import type { AvroShare } from '../split.js'
import { decompressed, type Piece } from './decompress.js'

/** So much is read at once; a block that is longer takes more. */
const WINDOW_BYTES = 256 * 1024
/** The numbers before a block: how many rows it has, and how many bytes. */
const MOST_HEAD_BYTES = 20

/** A block whose rows are not read yet. */
export interface AvroBlock extends Piece {
  readonly rows: number
}

/** The blocks of a share of a file, one after the other. */
export class BlockSource {
  readonly #share: AvroShare
  readonly #context: Pick<ReadContext, 'memory' | 'kernels'>
  readonly #memory: Memory
  readonly #stream: FileStream
  readonly #sync: Buffer
  readonly #window: Region
  /** Of the window: where the next byte is, and where what was read ends. */
  #at = 0
  #filled = 0
  /** The position in the file of the window's first byte. */
  #position: number
  #isBegun = false

  /** @throws PATH_NOT_FOUND, FAILED_READ_FILE */
  constructor(share: AvroShare, window: Region, reader: FileReader, context: Pick<ReadContext, 'memory' | 'kernels'>) {
    this.#share = share
    this.#context = context
    this.#memory = context.memory
    this.#window = window
    this.#sync = Buffer.from(share.sync, 'hex')
    // Behind the head stands the marker that the first block is known by.
    this.#position = Math.max(share.from, share.headBytes - SYNC_BYTES)
    this.#stream = new FileStream(share.file, this.#position, reader)
  }

  /**
   * The next block, in the window or decompressed into a region; undefined at the end. @param isDone whether blocks given before are done with: those in
   * the window may go then; `later` when that would be needed. @throws FAILED_READ_FILE
   */
  async next(region: Region, isDone: boolean): Promise<AvroBlock | 'later' | undefined> {
    if (!this.#isBegun && !(await this.#begin())) return undefined
    const markerAt = this.#position + this.#at - SYNC_BYTES
    if (markerAt >= this.#share.until) return undefined
    const mayMove = isDone || this.#share.codec !== 'null'
    if (!mayMove && this.#filled - this.#at < MOST_HEAD_BYTES) return 'later'
    await this.#have(MOST_HEAD_BYTES)
    if (this.#at === this.#filled) return undefined
    const rows = this.#long(this.#at)
    const bytes = rows && this.#long(rows.end)
    if (!bytes || rows.value < 0 || bytes.value < 0 || bytes.value > this.#share.file.size) throw this.damaged()
    const head = bytes.end - this.#at
    if (!mayMove && this.#filled - this.#at < head + bytes.value + SYNC_BYTES) return 'later'
    if (!(await this.#have(head + bytes.value + SYNC_BYTES))) throw this.damaged()
    this.#at += head
    const block = { address: this.#window.address + this.#at, length: bytes.value }
    this.#at += bytes.value
    if (!this.#bytes(this.#at, this.#at + SYNC_BYTES).equals(this.#sync)) throw this.damaged()
    this.#at += SYNC_BYTES
    const piece = decompressed(this.#share.codec, block, region, this.#context)
    if (!piece) throw this.damaged()
    return { ...piece, rows: rows.value }
  }

  close(): void {
    this.#stream.close()
  }

  damaged(): MillraceError {
    return failedRead(this.#share.file.path, `its block at ${this.#position + this.#at} is cut or damaged`)
  }

  /** Looks for the first marker that begins in the share, and passes over it. */
  async #begin(): Promise<boolean> {
    this.#isBegun = true
    for (;;) {
      const found = this.#bytes(this.#at, this.#filled).indexOf(this.#sync)
      if (found >= 0) {
        this.#at += found
        if (this.#position + this.#at >= this.#share.until) return false
        this.#at += SYNC_BYTES
        return true
      }
      // Its first bytes may be there already.
      this.#at = Math.max(this.#at, this.#filled - SYNC_BYTES + 1)
      if (this.#position + this.#at >= this.#share.until) return false
      if (!(await this.#have(this.#filled - this.#at + 1))) return false
    }
  }

  /** Whether so many bytes are in the window, into which as many are read as fit. */
  async #have(bytes: number): Promise<boolean> {
    if (this.#filled - this.#at >= bytes) return true
    const rest = this.#filled - this.#at
    if (this.#window.address === 0) this.#window.reserve(Math.max(WINDOW_BYTES, bytes))
    const start = this.#window.address
    if (this.#at > 0) this.#memory.bytes.copyWithin(start, start + this.#at, start + this.#filled)
    this.#position += this.#at
    this.#at = 0
    this.#filled = rest
    if (bytes > this.#window.capacity) this.#window.extend(bytes, rest)
    while (this.#filled < bytes) {
      const coming = this.#stream.read(
        this.#memory,
        this.#window.address + this.#filled,
        this.#window.capacity - this.#filled,
      )
      const count = typeof coming === 'number' ? coming : await coming
      if (count === 0) return false
      this.#filled += count
    }
    return true
  }

  #bytes(from: number, until: number): Buffer {
    const { buffer, byteOffset } = this.#memory.bytes
    return Buffer.from(buffer, byteOffset + this.#window.address + from, Math.max(0, until - from))
  }

  #long(at: number): { readonly value: number; readonly end: number } | undefined {
    const found = longAt(this.#memory.bytes, this.#window.address + at, this.#window.address + this.#filled)
    return found && { value: found.value, end: found.end - this.#window.address }
  }
}
