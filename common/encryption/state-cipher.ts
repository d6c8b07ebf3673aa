import { hkdfSync, randomBytes } from 'node:crypto'
import { KEY_ID_BYTES, type StateKey } from './file-protection.js'
import { decrypted, encrypted, type GcmUse, NONCE_BYTES, TAG_BYTES } from './gcm.js'

/** A head: this, the id of the key, and a number by which the file has a key of its own. Chunks follow, each with its code behind it. */
const MAGIC = Buffer.from('MILLENC1')
const SALT_BYTES = 32
export const HEAD_BYTES = MAGIC.length + KEY_ID_BYTES + SALT_BYTES
export const CHUNK_BYTES = 64 * 1024
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
const KEY_BYTES = 32
const NUMBER_AT = 4
const LAST_AT = 11

export const newHead = ({ id }: StateKey): Buffer =>
  Buffer.concat([MAGIC, Buffer.from(id, 'hex'), randomBytes(SALT_BYTES)])

/** The head of a file, unless that is not encrypted. */
export const headOf = (bytes: Buffer): Buffer | undefined =>
  bytes.subarray(0, MAGIC.length).equals(MAGIC) ? bytes.subarray(0, HEAD_BYTES) : undefined

export const keyIdOf = (head: Buffer): string =>
  head.subarray(MAGIC.length, MAGIC.length + KEY_ID_BYTES).toString('hex')

/** Encrypts the chunks of one file. A chunk counts at its number, and the last one as the last, so that none can be moved or left out. */
export class StateFileCipher {
  readonly #key: Buffer

  constructor({ bytes }: StateKey, head: Buffer) {
    this.#key = Buffer.from(hkdfSync('sha256', bytes, head, 'millrace state file', KEY_BYTES))
  }

  seal(number: number, isLast: boolean, chunk: Uint8Array): Buffer {
    const { content, tag } = encrypted(this.#use(number, isLast), [chunk])
    return Buffer.concat([...content, tag])
  }

  /** Undefined when it is not what was written. */
  unseal(number: number, isLast: boolean, sealed: Buffer): Buffer | undefined {
    const end = Math.max(0, sealed.length - TAG_BYTES)
    return decrypted(this.#use(number, isLast), sealed.subarray(end), sealed.subarray(0, end))
  }

  #use(number: number, isLast: boolean): GcmUse {
    return { key: this.#key, nonce: nonceOf(number, isLast) }
  }
}

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES)
  nonce.writeUInt32BE(number, NUMBER_AT)
  nonce[LAST_AT] = isLast ? 1 : 0
  return nonce
}
