import { hkdfSync, randomBytes } from 'node:crypto'
import { MillraceError } from '../errors/millrace-error.js'
import { decrypted, encrypted, type GcmUse, NONCE_BYTES, TAG_BYTES } from './gcm.js'

const KEY_BYTES = 32
const SALT_BYTES = 32
/** A key is used once, so that a number that is used once is not needed. */
const NONCE = Buffer.alloc(NONCE_BYTES)

/** Encrypts a message to somebody who has the same secret, and means the same by it. */
export function sealed(secret: string, purpose: string, bytes: Uint8Array): Buffer {
  const salt = randomBytes(SALT_BYTES)
  const { content, tag } = encrypted(useOf(secret, purpose, salt), [bytes])
  return Buffer.concat([salt, tag, ...content])
}

/** @throws SEALED_OTHERWISE for what was not sealed with this secret, for this purpose */
export function unsealed(secret: string, purpose: string, bytes: Uint8Array): Buffer {
  const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [salt, content] = [given.subarray(0, SALT_BYTES), given.subarray(SALT_BYTES + TAG_BYTES)]
  const plain = decrypted(useOf(secret, purpose, salt), given.subarray(SALT_BYTES, SALT_BYTES + TAG_BYTES), content)
  if (plain) return plain
  throw new MillraceError('SEALED_OTHERWISE', { what: purpose })
}

const useOf = (secret: string, purpose: string, salt: Buffer): GcmUse => ({
  key: Buffer.from(hkdfSync('sha256', secret, salt, `millrace ${purpose}`, KEY_BYTES)),
  nonce: NONCE,
})
