import type { Shape } from '../../../../columnar/records/record.js'
import { shapeOf } from '../../../../columnar/shape.js'
import { BIGINT, BINARY, type DataType, DOUBLE, INT, quotedTypeName } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { call, literal } from '../../../plan/expression/build.js'
import type { Call, Expression, SortOrder } from '../../../plan/expression/expression.js'
import { castTo } from '../../types/coercion.js'
import { type CallSite, kernelCall } from '../definition.js'
import { either, isMissing } from './fold.js'

/* Values as bytes in their order, for aggregates that sort what they collected. */

type Holder = Exclude<Shape, 'struct'>

/** What holds a value in generated code. @throws UNSUPPORTED_FEATURE for nested types */
function holderOf(type: DataType, { name, origin }: CallSite): Holder {
  const shape = shapeOf(type)
  if (shape !== 'struct' && type.kind !== 'array' && type.kind !== 'map') return shape
  const feature = `${name} of values of type ${quotedTypeName(type)}`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
}

const KEYS: Readonly<Record<Holder, string>> = {
  i32: 'keyOfInt',
  i64: 'keyOfLong',
  f32: 'keyOfDouble',
  f64: 'keyOfDouble',
  wide: 'keyOfDecimal',
  bytes: 'sameBytes',
}

/** A value as bytes that are the same for equal values and in their order. */
export function keyOf(e: Expression, site: CallSite): Call {
  const holder = holderOf(e.type, site)
  return kernelCall(KEYS[holder], BINARY, [KEYS[holder] === 'keyOfDouble' ? castTo(e, DOUBLE) : e], site)
}

/** The same for values that Java's `equals` tells apart, to which zeros with other signs differ. */
export function identityOf(e: Expression, site: CallSite): Call {
  if (KEYS[holderOf(e.type, site)] !== 'keyOfDouble') return keyOf(e, site)
  return kernelCall('keyOfSignedDouble', BINARY, [castTo(e, DOUBLE)], site)
}

/** The value whose key some bytes are. */
export function valueOfKey(key: Expression, type: DataType, site: CallSite): Expression {
  switch (holderOf(type, site)) {
    case 'i32':
      return kernelCall('intOfKey', type, [key], site)
    case 'i64':
      return kernelCall('longOfKey', type, [key], site)
    case 'f32':
    case 'f64':
      return castTo(kernelCall('doubleOfKey', DOUBLE, [key], site), type)
    case 'wide':
      return kernelCall('decimalOfKey', type, [key], site)
    case 'bytes':
      return kernelCall('sameBytes', type, [key], site)
  }
}

const byte = (value: number): Expression => literal(BINARY, Uint8Array.of(value))

/** Bytes that put rows into an order of one or more values. */
export function keyOfOrders(orders: readonly SortOrder[], site: CallSite): Expression {
  const parts = orders.map(({ expression, direction, nulls }) => {
    // A text ends where the next key begins.
    const isText = holderOf(expression.type, site) === 'bytes'
    const ascending = isText ? kernelCall('keyOfText', BINARY, [expression], site) : keyOf(expression, site)
    const key = direction === 'asc' ? ascending : kernelCall('keyBackwards', BINARY, [ascending], site)
    if (!expression.nullable) return key
    const marked = call('concat', BINARY, [byte(1), key], { nullable: false })
    return either(isMissing(expression), byte(nulls === 'first' ? 0 : 2), marked)
  })
  return parts.length === 1 ? parts[0]! : call('concat', BINARY, parts)
}

/** Numbers, times and intervals as doubles, and back. */
export function asDouble(e: Expression, site: CallSite): Expression {
  const holder = isCounted(e.type) ? holderOf(e.type, site) : 'f64'
  if (holder === 'i32') return kernelCall('doubleOfInt', DOUBLE, [e], site)
  return holder === 'i64' ? kernelCall('doubleOfLong', DOUBLE, [e], site) : castTo(e, DOUBLE)
}

export function ofDouble(e: Expression, type: DataType, site: CallSite): Expression {
  if (!isCounted(type)) return castTo(e, type)
  return kernelCall(holderOf(type, site) === 'i32' ? 'intOfDouble' : 'longOfDouble', type, [e], site)
}

/** Types whose values are whole numbers that a cast may not show. */
const COUNTED: ReadonlySet<DataType['kind']> = new Set([
  BIGINT.kind,
  INT.kind,
  'tinyint',
  'smallint',
  'date',
  'timestamp',
  'timestamp_ntz',
  'interval_ym',
  'interval_dt',
])
const isCounted = ({ kind }: DataType): boolean => COUNTED.has(kind)
