import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { Block } from '../../columnar/block.js'
import { blockChecksum, checkBlock } from '../../columnar/block-checksum.js'
import { damagedSpill, failedSpill, spillPath } from './spill-errors.js'

/** Where a block lies in a spill file. */
export interface SpilledBlock {
  readonly rows: number
  readonly checksum: number
  readonly offset: number
  readonly length: number
}

/**
 * Blocks of one task's output that did not fit into memory, one after the other. The file has no name once it is open, so that it is
 * gone with the process however that ends. Writes are put one behind the other.
 */
export class SpillFile {
  readonly #path: string
  readonly #handle: FileHandle
  #size = 0
  #last: Promise<unknown> = Promise.resolve()

  private constructor(path: string, handle: FileHandle) {
    this.#path = path
    this.#handle = handle
  }

  /** @throws FAILED_WRITE_FILE */
  static async create(directory: string = tmpdir()): Promise<SpillFile> {
    const path = spillPath(directory)
    let handle: FileHandle | undefined
    try {
      handle = await open(path, 'wx+', 0o600)
      await unlink(path)
      return new SpillFile(path, handle)
    } catch (cause) {
      await handle?.close()
      throw failedSpill(path, cause)
    }
  }

  /** @throws FAILED_WRITE_FILE */
  async append(rows: number, bytes: Uint8Array): Promise<SpilledBlock> {
    const checksum = blockChecksum({ rows, bytes })
    const place = { rows, checksum, offset: this.#size, length: bytes.length }
    this.#size += bytes.length
    const write = this.#last.then(() => writeFully(this.#handle, bytes, place.offset))
    this.#last = write.catch(() => undefined)
    await write.catch((cause: unknown) => {
      throw failedSpill(this.#path, cause)
    })
    return place
  }

  /** The block, on a `SharedArrayBuffer`. @throws BLOCK_CORRUPT when the file does not give it as it was */
  async read({ rows, checksum, offset, length }: SpilledBlock): Promise<Block> {
    const bytes = new Uint8Array(new SharedArrayBuffer(length))
    for (let done = 0; done < length; ) {
      const { bytesRead } = await this.#handle
        .read(bytes, done, length - done, offset + done)
        .catch((cause: unknown) => {
          throw damagedSpill(this.#path, cause)
        })
      if (bytesRead === 0) throw damagedSpill(this.#path, 'the file is cut short')
      done += bytesRead
    }
    checkBlock({ rows, bytes }, checksum, this.#path)
    return { rows, bytes }
  }

  async close(): Promise<void> {
    await this.#last
    await this.#handle.close()
  }
}

async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
