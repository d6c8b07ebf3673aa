import { type CipherGCMTypes, createCipheriv, createDecipheriv } from 'node:crypto'

export const NONCE_BYTES = 12
export const TAG_BYTES = 16
/** Shorter codes are not taken for one. */
const OPTIONS = { authTagLength: TAG_BYTES }

/** What a message is encrypted with. With one key no nonce is used twice. */
export interface GcmUse {
  /** 16, 24 or 32 bytes. */
  readonly key: Buffer
  readonly nonce: Buffer
  /** What is not sent, and has to be the same for who reads it. */
  readonly context?: Buffer
}

const algorithmOf = ({ key }: GcmUse): CipherGCMTypes => `aes-${(key.length * 8) as 128 | 192 | 256}-gcm`

/** @returns the parts, encrypted, and the code of them all */
export function encrypted(
  use: GcmUse,
  parts: readonly Uint8Array[],
): { readonly content: readonly Buffer[]; readonly tag: Buffer } {
  const cipher = createCipheriv(algorithmOf(use), use.key, use.nonce, OPTIONS)
  if (use.context) cipher.setAAD(use.context)
  const content = parts.map((part) => cipher.update(part))
  cipher.final()
  return { content, tag: cipher.getAuthTag() }
}

/** Undefined when it is not what was encrypted so. */
export function decrypted(use: GcmUse, tag: Uint8Array, content: Uint8Array): Buffer | undefined {
  try {
    const decipher = createDecipheriv(algorithmOf(use), use.key, use.nonce, OPTIONS)
    if (use.context) decipher.setAAD(use.context)
    decipher.setAuthTag(tag)
    const plain = decipher.update(content)
    decipher.final()
    return plain
  } catch {
    return undefined
  }
}
