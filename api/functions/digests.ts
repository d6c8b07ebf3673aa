import { type Column, functionOf, nameOrColumn } from '../column.js'
import type { ReferencesOf } from '../column-types.js'

/* Digests, hashes and checks. */

type ColumnOrName = Column | string

const of =
  <V>(name: string) =>
  <const A extends ColumnOrName>(column: A): Column<V | null, string, ReferencesOf<A>> =>
    functionOf(name, nameOrColumn(column))

export const crc32 = of<bigint>('crc32')
export const md5 = of<string>('md5')
export const sha = of<string>('sha')
export const sha1 = of<string>('sha1')
/** Whether the last of some digits checks the others. */
export const luhnCheck = of<boolean>('luhn_check')
export const bitmapBitPosition = of<bigint>('bitmap_bit_position')
export const bitmapBucketNumber = of<bigint>('bitmap_bucket_number')
export const bitmapCount = of<bigint>('bitmap_count')

/** @param bits 224, 256, 384 or 512 */
export const sha2 = <const A extends ColumnOrName>(
  column: A,
  bits: number,
): Column<string | null, string, ReferencesOf<A>> => functionOf('sha2', nameOrColumn(column), bits)

const hashOf =
  <V>(name: string) =>
  <const A extends readonly ColumnOrName[]>(...columns: A): Column<V, string, ReferencesOf<A[number]>> =>
    functionOf(name, ...columns.map(nameOrColumn))

export const hash = hashOf<number>('hash')
export const xxhash64 = hashOf<bigint>('xxhash64')

/** NULL where a condition holds; otherwise it raises USER_RAISED_EXCEPTION. */
export const assertTrue = <const A extends ColumnOrName>(
  condition: A,
  message?: string,
): Column<null, string, ReferencesOf<A>> =>
  functionOf('assert_true', nameOrColumn(condition), ...(message === undefined ? [] : [message]))

export const raiseError = (message: string): Column<null, string, never> => functionOf('raise_error', message)
