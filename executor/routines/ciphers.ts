import { type CipherGCM, createCipheriv, createDecipheriv, type DecipherGCM, randomBytes } from 'node:crypto'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { HostRoutine } from './routine.js'

/* AES as Spark has it: what starts a cipher lies before what it made, and a tag of GCM behind it. */

const FUNCTIONS = '`aes_encrypt`/`aes_decrypt`'
const KEY_BYTES: ReadonlySet<number> = new Set([16, 24, 32])
const BLOCK_BYTES = 16
const TAG_BYTES = 16

interface Mode {
  readonly name: 'ecb' | 'cbc' | 'gcm'
  /** Names of what fills up the last block. */
  readonly paddings: ReadonlySet<string>
  readonly startBytes: number
}

const PADDED: ReadonlySet<string> = new Set(['DEFAULT', 'PKCS'])
const MODES: Readonly<Record<string, Mode>> = {
  ECB: { name: 'ecb', paddings: PADDED, startBytes: 0 },
  CBC: { name: 'cbc', paddings: PADDED, startBytes: 16 },
  GCM: { name: 'gcm', paddings: new Set(['DEFAULT', 'NONE']), startBytes: 12 },
}

interface Cipher {
  readonly mode: Mode
  /** The mode as it was written. */
  readonly written: string
  readonly key: Uint8Array
}

/** @throws INVALID_PARAMETER_VALUE.AES_KEY_LENGTH, UNSUPPORTED_FEATURE.AES_MODE */
function cipherOf(key: Uint8Array, written: string, padding: string): Cipher {
  if (!KEY_BYTES.has(key.length)) {
    const parameters = { parameter: '`key`', functionName: FUNCTIONS, actualLength: String(key.length) }
    throw new MillraceError('INVALID_PARAMETER_VALUE.AES_KEY_LENGTH', parameters)
  }
  const name = written.toUpperCase()
  const mode = Object.hasOwn(MODES, name) ? MODES[name]! : undefined
  if (mode?.paddings.has(padding.toUpperCase())) return { mode, written, key }
  throw new MillraceError('UNSUPPORTED_FEATURE.AES_MODE', { mode: written, padding, functionName: FUNCTIONS })
}

function failed(detailMessage: string): MillraceError {
  const parameters = { parameter: '`expr`, `key`', functionName: FUNCTIONS, detailMessage }
  return new MillraceError('INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR', parameters)
}

const algorithm = ({ mode, key }: Cipher): string => `aes-${key.length * 8}-${mode.name}`

/** What the cipher starts from: as given, or drawn by chance. @throws UNSUPPORTED_FEATURE.AES_MODE_IV, INVALID_PARAMETER_VALUE.AES_IV_LENGTH */
function startOf({ mode, written }: Cipher, given: Uint8Array): Uint8Array {
  if (given.length === 0) return randomBytes(mode.startBytes)
  if (mode.startBytes === 0)
    throw new MillraceError('UNSUPPORTED_FEATURE.AES_MODE_IV', { mode: written, functionName: '`aes_encrypt`' })
  if (given.length === mode.startBytes) return given
  const parameters = {
    mode: written,
    parameter: '`iv`',
    functionName: FUNCTIONS,
    actualLength: String(given.length),
  }
  throw new MillraceError('INVALID_PARAMETER_VALUE.AES_IV_LENGTH', parameters)
}

/** @throws UNSUPPORTED_FEATURE.AES_MODE_AAD */
function authenticated(
  cipher: Pick<CipherGCM | DecipherGCM, 'setAAD'>,
  { mode, written }: Cipher,
  data: Uint8Array,
): void {
  if (data.length === 0) return
  if (mode.name !== 'gcm')
    throw new MillraceError('UNSUPPORTED_FEATURE.AES_MODE_AAD', { mode: written, functionName: '`aes_encrypt`' })
  cipher.setAAD(data)
}

export const encrypt: HostRoutine = ([bytes, key, mode, padding, start, data]) => {
  const of = cipherOf(key as Uint8Array, mode as string, padding as string)
  const from = startOf(of, start as Uint8Array)
  const cipher = createCipheriv(algorithm(of), of.key, of.mode.startBytes === 0 ? null : from) as CipherGCM
  authenticated(cipher, of, data as Uint8Array)
  const parts = [from, cipher.update(bytes as Uint8Array), cipher.final()]
  return Buffer.concat(of.mode.name === 'gcm' ? [...parts, cipher.getAuthTag()] : parts)
}

export const decrypt: HostRoutine = ([given, key, mode, padding, data]) => {
  const of = cipherOf(key as Uint8Array, mode as string, padding as string)
  const bytes = given as Uint8Array
  const { startBytes, name } = of.mode
  if (name === 'gcm') return opened(bytes, of, data as Uint8Array)
  if (bytes.length < startBytes) throw failed('IV buffer too short for given offset/length combination')
  const rest = bytes.subarray(startBytes)
  const decipher = createDecipheriv(algorithm(of), of.key, startBytes === 0 ? null : bytes.subarray(0, startBytes))
  if (startBytes > 0) authenticated(decipher as DecipherGCM, of, data as Uint8Array)
  if (rest.length === 0) return rest
  if (rest.length % BLOCK_BYTES !== 0)
    throw failed('Input length must be multiple of 16 when decrypting with padded cipher')
  return finished(
    () => Buffer.concat([decipher.update(rest), decipher.final()]),
    'Given final block not properly padded. Such issues can arise if a bad key is used during decryption.',
  )
}

/** Bytes of GCM, whose tag must fit. */
function opened(bytes: Uint8Array, of: Cipher, data: Uint8Array): Uint8Array {
  const { startBytes } = of.mode
  if (bytes.length < startBytes + TAG_BYTES) throw failed('Invalid buffer arguments')
  const tagAt = bytes.length - TAG_BYTES
  const decipher = createDecipheriv(algorithm(of), of.key, bytes.subarray(0, startBytes)) as DecipherGCM
  decipher.setAuthTag(bytes.subarray(tagAt))
  authenticated(decipher, of, data)
  return finished(
    () => Buffer.concat([decipher.update(bytes.subarray(startBytes, tagAt)), decipher.final()]),
    'Tag mismatch!',
  )
}

/** What a decipher gives; what it raises at its end means that bytes or key are others. */
function finished(run: () => Uint8Array, detail: string): Uint8Array {
  try {
    return run()
  } catch {
    throw failed(detail)
  }
}
