import { type DataType, quotedTypeName } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression, Literal } from '../../plan/expression/expression.js'
import { literalText, typedText } from '../../plan/expression/literal-text.js'
import { constantOf } from './constants.js'

const BITS = { int: 32, bigint: 64 } as const
export type WholeType = DataType & { readonly kind: keyof typeof BITS }

/**
 * What a constant is as a whole number, cast as Spark casts it; undefined for NULL.
 * @throws CAST_OVERFLOW, CAST_INVALID_INPUT, ConstantsWanted, and what it raises when it is computed
 */
export function constantInteger(e: Expression, type: WholeType, origin: Origin | undefined): bigint | undefined {
  const folded = constantOf(e)
  if (folded === undefined || folded.value === null) return undefined
  const value = wholeValue(folded)
  const types = { sourceType: quotedTypeName(folded.type), targetType: quotedTypeName(type) }
  const written = literalText(folded.type, folded.value)
  if (value === undefined)
    throw new MillraceError('CAST_INVALID_INPUT', { expression: written, ...types, ...ANSI }, { origin })
  if (value === 'too large' || BigInt.asIntN(BITS[type.kind], value) !== value) {
    const typed = typedText(folded.type, folded.value)
    throw new MillraceError('CAST_OVERFLOW', { value: typed, ...types, ...ANSI }, { origin })
  }
  return value
}

const ANSI = { ansiConfig: '"spark.sql.ansi.enabled"' } as const

/** Fractions are cut off; a text must be a whole number, and may have spaces around it. */
function wholeValue({ type, value }: Literal): bigint | 'too large' | undefined {
  if (typeof value === 'bigint') return type.kind === 'decimal' ? value / 10n ** BigInt(type.scale) : value
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 'too large'
  if (typeof value !== 'string') return undefined
  return /^\s*[+-]?\d+\s*$/.test(value) ? BigInt(value.trim().replace('+', '')) : undefined
}
