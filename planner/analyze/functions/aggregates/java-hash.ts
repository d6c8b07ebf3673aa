import { shapeOf } from '../../../../columnar/shape.js'
import { isCollated } from '../../../../columnar/text-types.js'
import { BIGINT, INT, isNested } from '../../../../columnar/types.js'
import { literal } from '../../../plan/expression/build.js'
import type { Expression } from '../../../plan/expression/expression.js'
import { type CallSite, kernelCall } from '../definition.js'

const SEED = literal(INT, 42)
const NOT_NULL = literal(INT, 0)

/** The hash that Java has of a value as Spark holds it; undefined where that does not follow from the value, or is not built: binaries, decimals, nested values. */
export function javaHash(value: Expression, site: CallSite): Expression | undefined {
  const { type } = value
  if (isNested(type) || type.kind === 'decimal') return undefined
  if (type.kind === 'boolean') return kernelCall('hashOfBoolean', INT, [value], site)
  const ofLong = (bits: Expression): Expression => kernelCall('hashOfLong', INT, [bits], site)
  switch (shapeOf(type)) {
    case 'i32':
      return kernelCall('hashOfInt', INT, [value], site)
    case 'i64':
      return ofLong(value)
    case 'f32':
      return kernelCall('floatBits', INT, [value], site)
    case 'f64':
      return ofLong(kernelCall('doubleBits', BIGINT, [value], site))
    case 'bytes':
      return type.kind === 'string' && !isCollated(type)
        ? kernelCall('murmurBytes', INT, [value, NOT_NULL, SEED], site)
        : undefined
    default:
      return undefined
  }
}
