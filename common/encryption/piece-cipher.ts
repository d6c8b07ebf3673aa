import { type CipherGCMTypes, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { KeyBits } from './file-protection.js'

const COUNTER_BYTES = 8
const NONCE_BYTES = 12
const TAG_BYTES = 16
const PLACE_BYTES = 8
/** What lies before the bytes of a piece: which one it is of all that were written, and the code by which it is known. */
export const SEAL_BYTES = COUNTER_BYTES + TAG_BYTES

/**
 * Encrypts the pieces of one file that no other process reads. The key is made here and is nowhere else. Each piece that is written, also in the place of
 * another, counts one further, so that no number is used twice; a piece is valid in its place alone.
 */
export class PieceCipher {
  readonly #algorithm: CipherGCMTypes
  readonly #key: Buffer
  #written = 0n

  constructor(keyBits: KeyBits) {
    this.#algorithm = `aes-${keyBits}-gcm`
    this.#key = randomBytes(keyBits / 8)
  }

  /** What is to be written for a piece, whose parts are given, at an offset of the file. */
  seal(offset: number, parts: readonly Uint8Array[]): readonly Buffer[] {
    const head = Buffer.alloc(SEAL_BYTES)
    head.writeBigUInt64BE(this.#written++)
    const cipher = createCipheriv(this.#algorithm, this.#key, nonceOf(head)).setAAD(placeOf(offset))
    const content = parts.map((part) => cipher.update(part))
    cipher.final()
    cipher.getAuthTag().copy(head, COUNTER_BYTES)
    return [head, ...content]
  }

  /** Fills `into` with the piece that lies at an offset. @returns false when that is not what was written there */
  unseal(offset: number, piece: Uint8Array, into: Uint8Array): boolean {
    const head = Buffer.from(piece.buffer, piece.byteOffset, SEAL_BYTES)
    const decipher = createDecipheriv(this.#algorithm, this.#key, nonceOf(head)).setAAD(placeOf(offset))
    decipher.setAuthTag(head.subarray(COUNTER_BYTES))
    into.set(decipher.update(piece.subarray(SEAL_BYTES)))
    try {
      decipher.final()
      return true
    } catch {
      return false
    }
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
