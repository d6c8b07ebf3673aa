import { hasLimits, withoutLimits } from '../../../columnar/text-types.js'
import {
  type DataType,
  isAnyInterval,
  isNested,
  partTypes,
  quotedTypeName,
  sameType,
  type TypeKind,
  typeName,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { literal } from '../../plan/expression/build.js'
import { mayBecomeNull } from '../../plan/expression/cast-range.js'
import { CAST_TARGETS, LENIENT_TARGETS } from '../../plan/expression/cast-targets.js'
import type { CastMode, Expression } from '../../plan/expression/expression.js'
import { zonedCast } from '../session.js'
import type { Place } from './coercion.js'
import { isNumeric } from './common-types.js'
import { canCastInterval, castInterval } from './interval-casts.js'
import { intervalsAsTexts, withIntervals } from './interval-parts.js'
import { fitted } from './text-limits.js'
import { canCastVariant } from './variant-casts.js'

/** Whether there is a cast from one type to another. */
export function canCast(from: DataType, to: DataType, mode: CastMode): boolean {
  if (from.kind === 'void') return true
  if (from.kind === 'variant' || to.kind === 'variant') return canCastVariant(from, to)
  if (isNested(from) && to.kind !== 'string') return canCastParts(from, to, mode)
  if (isAnyInterval(from) || isAnyInterval(to)) return canCastInterval(from, to)
  const targets: readonly TypeKind[] = CAST_TARGETS[from.kind]
  return from.kind === to.kind || targets.includes(to.kind) || (mode === 'lenient' && isLenientTarget(from, to))
}

/** Whether no NULL comes by a cast, or within what is cast, where the other type has none. */
export function keepsNulls(from: DataType, to: DataType): boolean {
  if (from.kind === 'array' && to.kind === 'array')
    return isNullKept(from.element, from.containsNull, to.element, to.containsNull)
  if (from.kind === 'map' && to.kind === 'map')
    return (
      isNullKept(from.key, false, to.key, false) &&
      isNullKept(from.value, from.valueContainsNull, to.value, to.valueContainsNull)
    )
  if (from.kind !== 'struct' || to.kind !== 'struct') return true
  return from.fields.every((f, i) => {
    const field = to.fields[i]
    return field === undefined || isNullKept(f.type, f.nullable, field.type, field.nullable)
  })
}

const isNullKept = (from: DataType, mayBeNull: boolean, to: DataType, mayBecome: boolean): boolean =>
  keepsNulls(from, to) && (mayBecome || !(mayBeNull || mayBecomeNull(from, to)))

/** Casts that Spark has outside of ANSI mode only. */
const isLenientTarget = (from: DataType, to: DataType): boolean =>
  (LENIENT_TARGETS[from.kind] as readonly TypeKind[]).includes(to.kind)

/** Part by part, whatever the fields of structs are called. */
function canCastParts(from: DataType, to: DataType, mode: CastMode): boolean {
  if (from.kind !== to.kind) return false
  // No key may become NULL.
  if (mode === 'lenient' && from.kind === 'map' && to.kind === 'map' && mayBecomeNull(from.key, to.key)) return false
  const [parts, targets] = [partTypes(from), partTypes(to)]
  return parts.length === targets.length && parts.every((part, i) => canCast(part, targets[i]!, mode))
}

/** Whether parts of values are, or are to be, intervals of another type. */
function hasIntervals(from: DataType, to: DataType): boolean {
  if (isAnyInterval(from) || isAnyInterval(to)) return !sameType(from, to)
  const targets = partTypes(to)
  return partTypes(from).some((part, i) => hasIntervals(part, to.kind === 'string' ? to : (targets[i] ?? to)))
}

/** A cast of what has intervals in it: these first. @throws DATATYPE_MISMATCH.CAST_* */
function castParts(value: Expression, type: DataType, mode: CastMode, site: Place): Expression {
  if (!canCast(value.type, type, mode)) throw cannotCast(value.type, type, mode, site)
  const cast =
    type.kind === 'string' ? intervalsAsTexts(value) : withIntervals(value, type, mode === 'try' ? 'try' : 'ansi')
  return explicitCast(cast, type, mode, site)
}

/** Java may write decimals with an exponent, but kernels that print what is within others do not. */
const hasOddText = (from: DataType, to: DataType): boolean =>
  to.kind === 'string' && isNested(from) && partTypes(from).some((part) => hasSmallDecimals(part))

const hasSmallDecimals = (type: DataType): boolean =>
  (type.kind === 'decimal' && type.scale > PLACES_WITHOUT_EXPONENT) || partTypes(type).some(hasSmallDecimals)

const PLACES_WITHOUT_EXPONENT = 6

/** A cast that the query asks for, or one to what a column of a table takes. @throws DATATYPE_MISMATCH.CAST_* */
export function explicitCast(value: Expression, type: DataType, mode: CastMode, site: Place): Expression {
  if (hasLimits(type)) return fitted(explicitCast(value, withoutLimits(type), mode, site), type, site.origin)
  if (value.kind === 'literal' && value.value === null) return literal(type, null, site.origin)
  if (isAnyInterval(value.type) || isAnyInterval(type)) {
    // As in Spark these raise in any mode.
    if (canCastInterval(value.type, type))
      return castInterval(value, type, mode === 'try' ? 'try' : 'ansi', site.origin)
    throw cannotCast(value.type, type, mode, site)
  }
  if (isNested(value.type) && hasIntervals(value.type, type)) return castParts(value, type, mode, site)
  if (mode === 'lenient' && hasOddText(value.type, type)) {
    const feature = `the cast of ${typeName(value.type)} to ${typeName(type)}`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
  }
  if (canCast(value.type, type, mode)) return zonedCast(value, type, mode, site.origin)
  throw cannotCast(value.type, type, mode, site)
}

/** The condition tells what to write instead, where Spark has something. */
function cannotCast(from: DataType, to: DataType, mode: CastMode, site: Place): MillraceError {
  const types = { sqlExpr: site.sql, srcType: quotedTypeName(from), targetType: quotedTypeName(to) }
  const options = { origin: site.origin }
  const instead =
    isNumeric(from) && to.kind === 'date'
      ? 'DATE_FROM_UNIX_DATE'
      : from.kind === 'date' && isNumeric(to)
        ? 'UNIX_DATE'
        : undefined
  if (instead !== undefined && mode !== 'lenient') {
    const functionNames = `\`${instead}\``
    return new MillraceError('DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION', { ...types, functionNames }, options)
  }
  if (mode === 'ansi' && isLenientTarget(from, to)) {
    const setting = { config: '"spark.sql.ansi.enabled"', configVal: "'false'" }
    return new MillraceError('DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION', { ...types, ...setting }, options)
  }
  return new MillraceError('DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION', types, options)
}
