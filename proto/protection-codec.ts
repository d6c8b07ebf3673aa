import { type FileProtection, type KeyBits, STATE_KEY_BYTES, stateKeyOf } from '../common/encryption/file-protection.js'
import { sealed, unsealed } from '../common/encryption/sealed.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import type { ProtectFiles } from './wire.js'

/** Also where connections are encrypted: one form for all. */
const PURPOSE = 'keys of state'
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

/** @throws INTERNAL_ERROR for what is none */
export function protectionOf(wire: ProtectFiles, secret: string): FileProtection {
  const content = unsealed(secret, PURPOSE, wire.sealed)
  const keys = content.subarray(1)
  if (content.length === 0 || keys.length % STATE_KEY_BYTES !== 0) throw malformed()
  const stateKeys = Array.from({ length: keys.length / STATE_KEY_BYTES }, (_, i) =>
    stateKeyOf(keys.subarray(i * STATE_KEY_BYTES, (i + 1) * STATE_KEY_BYTES)),
  )
  return { keyBits: bitsOf(BITS * content[0]!), stateKeys }
}

function bitsOf(bits: number): KeyBits | undefined {
  if (bits === NONE) return undefined
  if (bits === 128 || bits === 192 || bits === 256) return bits
  throw malformed()
}

const malformed = (): MillraceError =>
  new MillraceError('INTERNAL_ERROR', { message: 'a malformed protection of files' })
