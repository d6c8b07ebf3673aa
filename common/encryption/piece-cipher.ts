import { randomBytes } from 'node:crypto'
import type { KeyBits } from './file-protection.js'
import { decrypted, encrypted, type GcmUse, NONCE_BYTES, TAG_BYTES } from './gcm.js'

const COUNTER_BYTES = 8
const PLACE_BYTES = 8
/** What lies before the bytes of a piece: which one it is of all that were written, and the code by which it is known. */
export const SEAL_BYTES = COUNTER_BYTES + TAG_BYTES

/**
 * Encrypts the pieces of one file that no other process reads. The key is made here and is nowhere else. Each piece that is written, also in the place of
 * another, counts one further, so that no number is used twice; a piece is valid in its place alone.
 */
export class PieceCipher {
  readonly #key: Buffer
  #written = 0n

  constructor(keyBits: KeyBits) {
    this.#key = randomBytes(keyBits / 8)
  }

  /** What is to be written for a piece, whose parts are given, at an offset of the file. */
  seal(offset: number, parts: readonly Uint8Array[]): readonly Buffer[] {
    const head = Buffer.alloc(SEAL_BYTES)
    head.writeBigUInt64BE(this.#written++)
    const { content, tag } = encrypted(this.#use(head, offset), parts)
    tag.copy(head, COUNTER_BYTES)
    return [head, ...content]
  }

  /** Fills `into` with the piece that lies at an offset. @returns false when that is not what was written there */
  unseal(offset: number, piece: Uint8Array, into: Uint8Array): boolean {
    const head = Buffer.from(piece.buffer, piece.byteOffset, SEAL_BYTES)
    const plain = decrypted(this.#use(head, offset), head.subarray(COUNTER_BYTES), piece.subarray(SEAL_BYTES))
    if (plain) into.set(plain)
    return plain !== undefined
  }

  #use(head: Buffer, offset: number): GcmUse {
    return { key: this.#key, nonce: nonceOf(head), context: placeOf(offset) }
  }
}

function nonceOf(head: Buffer): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES)
  head.copy(nonce, NONCE_BYTES - COUNTER_BYTES, 0, COUNTER_BYTES)
  return nonce
}

function placeOf(offset: number): Buffer {
  const place = Buffer.alloc(PLACE_BYTES)
  place.writeBigUInt64BE(BigInt(offset))
  return place
}
