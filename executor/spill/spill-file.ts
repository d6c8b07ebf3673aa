import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { Block } from '../../columnar/blocks/block.js'
import { blockChecksum, checkBlock } from '../../columnar/blocks/block-checksum.js'
import type { KeyBits } from '../../common/encryption/file-protection.js'
import { PieceCipher, SEAL_BYTES } from '../../common/encryption/piece-cipher.js'
import { damagedSpill, failedSpill, NOT_ENCRYPTED, spillPath } from './spill-errors.js'

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
  readonly #cipher: PieceCipher | undefined
  #size = 0
  #last: Promise<unknown> = Promise.resolve()

  private constructor(path: string, handle: FileHandle, cipher: PieceCipher | undefined) {
    this.#path = path
    this.#handle = handle
    this.#cipher = cipher
  }

  /** @param keyBits encrypts it, with a key of so many bits @throws FAILED_WRITE_FILE */
  static async create(directory: string = tmpdir(), keyBits?: KeyBits): Promise<SpillFile> {
    const path = spillPath(directory)
    let handle: FileHandle | undefined
    try {
      handle = await open(path, 'wx+', 0o600)
      await unlink(path)
      return new SpillFile(path, handle, keyBits && new PieceCipher(keyBits))
    } catch (cause) {
      await handle?.close()
      throw failedSpill(path, cause)
    }
  }

  /** @throws FAILED_WRITE_FILE */
  async append(rows: number, bytes: Uint8Array): Promise<SpilledBlock> {
    const checksum = blockChecksum({ rows, bytes })
    const place = { rows, checksum, offset: this.#size, length: bytes.length }
    const pieces = this.#cipher?.seal(place.offset, [bytes]) ?? [bytes]
    for (const piece of pieces) this.#size += piece.length
    const write = this.#last.then(() => writeFully(this.#handle, pieces, place.offset))
    this.#last = write.catch(() => undefined)
    await write.catch((cause: unknown) => {
      throw failedSpill(this.#path, cause)
    })
    return place
  }

  /** The block, on a `SharedArrayBuffer`. @throws BLOCK_CORRUPT when the file does not give it as it was */
  async read({ rows, checksum, offset, length }: SpilledBlock): Promise<Block> {
    const bytes = new Uint8Array(new SharedArrayBuffer(length))
    if (this.#cipher) {
      const piece = new Uint8Array(SEAL_BYTES + length)
      await this.#fill(piece, offset)
      if (!this.#cipher.unseal(offset, piece, bytes)) throw damagedSpill(this.#path, NOT_ENCRYPTED)
    } else await this.#fill(bytes, offset)
    checkBlock({ rows, bytes }, checksum, this.#path)
    return { rows, bytes }
  }

  async #fill(into: Uint8Array, offset: number): Promise<void> {
    for (let done = 0; done < into.length; ) {
      const { bytesRead } = await this.#handle
        .read(into, done, into.length - done, offset + done)
        .catch((cause: unknown) => {
          throw damagedSpill(this.#path, cause)
        })
      if (bytesRead === 0) throw damagedSpill(this.#path, 'the file is cut short')
      done += bytesRead
    }
  }

  async close(): Promise<void> {
    await this.#last
    await this.#handle.close()
  }
}

async function writeFully(handle: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<void> {
  let at = position
  for (const bytes of pieces) {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at)
      done += bytesWritten
      at += bytesWritten
    }
  }
}
