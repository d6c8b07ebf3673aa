import { isCollated } from '../../../columnar/text-types.js'
import { BOOLEAN, type DataType, INT } from '../../../columnar/types.js'
import { call, literal, routineCall } from './build.js'
import type { Expression } from './expression.js'
import { hashedAs, hashedBits, MURMUR_KERNELS, MURMUR_SEED } from './hash-bits.js'

/** Whether rows can be divided into buckets by values of a type: by those that are not made of others, and equal only when they are the same. */
export const isBucketable = (type: DataType): boolean =>
  type.kind !== 'interval' && hashedAs(type) !== undefined && !isCollated(type)

/** The number of the bucket, of so many, that a row is in by the values of its keys, as Spark numbers them: its hash, modulo their count. */
export function bucketNumber(keys: readonly Expression[], count: number): Expression {
  const hash = keys.reduce(hashOn, literal(INT, MURMUR_SEED))
  const buckets = literal(INT, count)
  const rest = call('remainder', INT, [hash, buckets])
  return call('remainder', INT, [call('add', INT, [rest, buckets]), buckets])
}

function hashOn(seed: Expression, key: Expression): Expression {
  const isNull = call('is_null', BOOLEAN, [key])
  const name = MURMUR_KERNELS[hashedAs(key.type)!]
  const routine = { by: 'kernel', name, label: 'hash', takesNull: true } as const
  return routineCall(routine, INT, [hashedBits(key, 'hash'), isNull, seed], undefined)
}
