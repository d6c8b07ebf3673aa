import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { MillraceError } from '../errors/millrace-error.js'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const SALT_BYTES = 32
const TAG_BYTES = 16
/** Shorter codes are not taken for it. */
const OPTIONS = { authTagLength: TAG_BYTES }
/** A key is used once, so that a number that is used once is not needed. */
const NONCE = Buffer.alloc(12)

/** Encrypts a message to somebody who has the same secret, and means the same by it. */
export function sealed(secret: string, purpose: string, bytes: Uint8Array): Buffer {
  const salt = randomBytes(SALT_BYTES)
  const cipher = createCipheriv(ALGORITHM, keyOf(secret, purpose, salt), NONCE, OPTIONS)
  const content = cipher.update(bytes)
  cipher.final()
  return Buffer.concat([salt, cipher.getAuthTag(), content])
}

/** @throws INTERNAL_ERROR for what was not sealed with this secret, for this purpose */
export function unsealed(secret: string, purpose: string, bytes: Uint8Array): Buffer {
  const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [salt, content] = [given.subarray(0, SALT_BYTES), given.subarray(SALT_BYTES + TAG_BYTES)]
  try {
    const decipher = createDecipheriv(ALGORITHM, keyOf(secret, purpose, salt), NONCE, OPTIONS)
    decipher.setAuthTag(given.subarray(SALT_BYTES, SALT_BYTES + TAG_BYTES))
    return Buffer.concat([decipher.update(content), decipher.final()])
  } catch (cause) {
    throw new MillraceError(
      'INTERNAL_ERROR',
      { message: `the ${purpose} cannot be read: sealed otherwise, or changed` },
      { cause },
    )
  }
}

const keyOf = (secret: string, purpose: string, salt: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, `millrace ${purpose}`, KEY_BYTES))
