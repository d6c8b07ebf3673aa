import { shapeOf } from '../../../columnar/shape.js'
import { BIGINT, type DataType, INT } from '../../../columnar/types.js'
import { routineCall } from './build.js'
import type { Expression } from './expression.js'

/** As what a value is hashed: there is a kernel for each in every family of hashes. */
export type HashedAs = 'int' | 'long' | 'decimal' | 'bytes'

/** The kernels of Spark's Murmur3. */
export const MURMUR_KERNELS: Readonly<Record<HashedAs, string>> = {
  int: 'murmurInt',
  long: 'murmurLong',
  decimal: 'murmurDecimal',
  bytes: 'murmurBytes',
}
export const MURMUR_SEED = 42

/** As what values of a type are hashed; undefined for those that are made of others. */
export function hashedAs(type: DataType): HashedAs | undefined {
  if (type.kind === 'map' || type.kind === 'array' || type.kind === 'variant') return undefined
  switch (shapeOf(type)) {
    case 'i32':
    case 'f32':
      return 'int'
    case 'i64':
    case 'f64':
      return 'long'
    case 'wide':
      return 'decimal'
    case 'bytes':
      return 'bytes'
    case 'struct':
      return undefined
  }
}

/** What of a value is hashed: of numbers with fractions their bits. @param label the function as plans print it */
export function hashedBits(value: Expression, label: string): Expression {
  const shape = shapeOf(value.type)
  if (shape !== 'f32' && shape !== 'f64') return value
  const [name, type] = shape === 'f32' ? (['floatBits', INT] as const) : (['doubleBits', BIGINT] as const)
  return routineCall({ by: 'kernel', name, label }, type, [value], value.origin)
}
