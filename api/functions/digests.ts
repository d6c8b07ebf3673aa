import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import { type ColumnOrName, ofColumns, ofOne } from './makers.js'

/* Digests, hashes and checks. */

export const crc32 = ofOne<bigint | null>('crc32')
export const md5 = ofOne<string | null>('md5')
export const sha = ofOne<string | null>('sha')
export const sha1 = ofOne<string | null>('sha1')
/** Whether the last of some digits checks the others. */
export const luhnCheck = ofOne<boolean | null>('luhn_check')
export const bitmapBitPosition = ofOne<bigint | null>('bitmap_bit_position')
export const bitmapBucketNumber = ofOne<bigint | null>('bitmap_bucket_number')
export const bitmapCount = ofOne<bigint | null>('bitmap_count')

/** @param bits 224, 256, 384 or 512 */
export const sha2 = <const A extends ColumnOrName>(
  column: A,
  bits: number,
): Column<string | null, string, ReferencesOf<A>> => functionOf('sha2', nameOrColumn(column), bits)

/** Encrypted by AES: bytes, a key, and perhaps a mode, a padding, what it starts from and what is authenticated with it. */
export const aesEncrypt = ofColumns<Uint8Array | null>('aes_encrypt')
export const aesDecrypt = ofColumns<Uint8Array | null>('aes_decrypt')
export const tryAesDecrypt = ofColumns<Uint8Array | null>('try_aes_decrypt')

export const hash = ofColumns<number>('hash')
export const xxhash64 = ofColumns<bigint>('xxhash64')

/** NULL where a condition holds; otherwise it raises USER_RAISED_EXCEPTION. */
export const assertTrue = <const A extends ColumnOrName>(
  condition: A,
  message?: string,
): Column<null, string, ReferencesOf<A>> =>
  functionOf('assert_true', nameOrColumn(condition), ...(message === undefined ? [] : [message]))

export const raiseError = (message: string): Column<null, string, never> => functionOf('raise_error', message)
