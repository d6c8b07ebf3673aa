import { type FileProtection, type KeyBits, STATE_KEY_BYTES, stateKeyOf } from '../common/encryption/file-protection.js'
import { sealed, unsealed } from '../common/encryption/sealed.js'
import { malformed } from './decoded.js'
import type { ProtectFiles } from './wire.js'

/** Also where connections are encrypted: one form for all. */
const PURPOSE = 'keys of state'
const WHAT = 'protection of files'
const NONE = 0
const BITS = 8

/** What is encrypted, and how, is sealed along with the keys: nobody turns encryption off on the way. */
export const wireProtection = ({ keyBits, stateKeys }: FileProtection, secret: string): ProtectFiles => ({
  sealed: sealed(
    secret,
    PURPOSE,
    Buffer.concat([Buffer.of((keyBits ?? NONE) / BITS), ...stateKeys.map(({ bytes }) => bytes)]),
  ),
})

/** @throws MALFORMED_MESSAGE, SEALED_OTHERWISE */
export function protectionOf(wire: ProtectFiles, secret: string): FileProtection {
  const content = unsealed(secret, PURPOSE, wire.sealed)
  const keys = content.subarray(1)
  if (content.length === 0 || keys.length % STATE_KEY_BYTES !== 0) throw malformed(WHAT)
  const stateKeys = Array.from({ length: keys.length / STATE_KEY_BYTES }, (_, i) =>
    stateKeyOf(keys.subarray(i * STATE_KEY_BYTES, (i + 1) * STATE_KEY_BYTES)),
  )
  return { keyBits: bitsOf(BITS * content[0]!), stateKeys }
}

function bitsOf(bits: number): KeyBits | undefined {
  if (bits === NONE) return undefined
  if (bits === 128 || bits === 192 || bits === 256) return bits
  throw malformed(WHAT)
}
