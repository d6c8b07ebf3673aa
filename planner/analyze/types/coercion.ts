import { type DataType, isAnyInterval, isInterval, quotedTypeName, sameType } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { literal } from '../../plan/expression/build.js'
import type { Call, Expression } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { harmonized } from '../collations/harmony.js'
import { castMode, zonedCast } from '../session.js'
import { canCoerce, commonTypeOfAll, comparedType, isIntegral } from './common-types.js'
import { decimalOfInteger, decimalOfIntegral } from './decimal-types.js'
import { castInterval } from './interval-casts.js'

/** What an error refers to: the SQL text of an expression in quotes, and its place. */
export interface Place {
  readonly sql: string
  /** An argument of a call as it was written, in quotes. */
  argumentSql?(position: number): string | undefined
  readonly origin: Origin | undefined
}

/** Whether a type has NULLs of another one, and in fields of structs or elements more: these lie elsewhere then, or are looked for. */
function takesMoreNulls(type: DataType, than: DataType): boolean {
  if (type.kind === 'array' && than.kind === 'array')
    return (type.containsNull && !than.containsNull) || takesMoreNulls(type.element, than.element)
  if (type.kind === 'map' && than.kind === 'map')
    return (type.valueContainsNull && !than.valueContainsNull) || takesMoreNulls(type.value, than.value)
  if (type.kind !== 'struct' || than.kind !== 'struct') return false
  const pairs = type.fields.map((field, i) => [field, than.fields[i]!] as const)
  const isWider = pairs.some(([a, b]) => (a.nullable && !b.nullable) || takesMoreNulls(a.type, b.type))
  return isWider && pairs.every(([a, b]) => a.nullable || !b.nullable)
}

/** A call that only raises, whatever its type. */
const isRaising = (e: Expression): e is Call => e.kind === 'call' && e.routine?.raises === true

/** The expression as a value of the type: itself, a literal read anew, or a cast. */
export function castTo(e: Expression, type: DataType): Expression {
  if (sameType(e.type, type) && !takesMoreNulls(type, e.type)) return e
  if (e.type.kind === 'void' && isRaising(e)) return Object.freeze({ ...e, type })
  const isSameValue = e.kind === 'literal' && (e.value === null || (isInterval(type) && e.type.kind === type.kind))
  if (isSameValue) return literal(type, e.value, e.origin)
  return isAnyInterval(e.type) && type.kind === 'string'
    ? castInterval(e, type, 'ansi', e.origin)
    : zonedCast(e, type, castMode())
}

/** A decimal operand: integer literals take the fewest digits, other integers all of their type. */
export function asDecimal(e: Expression): Expression {
  if (e.type.kind === 'decimal' || !isIntegral(e.type)) return e
  // Of a tinyint Spark takes all digits, as it forgot about these.
  if (e.kind === 'literal' && e.value !== null && e.type.kind !== 'tinyint') {
    const value = BigInt(e.value as number | bigint)
    return literal(decimalOfInteger(value), value, e.origin)
  }
  return castTo(e, decimalOfIntegral(e.type)!)
}

/** Both as a common type. @throws DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES */
export function unify(left: Expression, right: Expression, site: Place): [Expression, Expression] {
  const [x, y] = harmonized([left, right], site, true) as [Expression, Expression]
  const narrow = narrowLiteral(x, y)
  const [a, b] = narrow ?? [x, y]
  const type = sameType(a.type, b.type) ? a.type : comparedType(a.type, b.type)
  if (type === undefined) {
    throw new MillraceError(
      'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES',
      { sqlExpr: site.sql, left: quotedTypeName(left.type), right: quotedTypeName(right.type) },
      { origin: site.origin },
    )
  }
  return [castTo(a, type), castTo(b, type)]
}

/** Beside a decimal an integer literal counts with its own digits only. */
function narrowLiteral(left: Expression, right: Expression): [Expression, Expression] | undefined {
  if (left.type.kind === 'decimal' && right.kind === 'literal' && isIntegral(right.type))
    return [left, asDecimal(right)]
  if (right.type.kind === 'decimal' && left.kind === 'literal' && isIntegral(left.type)) return [asDecimal(left), right]
  return undefined
}

/** What is said of operands without a common type. */
type DifferentTypes = 'DATA' | 'CREATE_MAP_KEY' | 'CREATE_MAP_VALUE'

/** All as a common type, as CASE, COALESCE and IN need. @throws DATATYPE_MISMATCH.*_DIFF_TYPES */
export function unifyAll(
  written: readonly Expression[],
  name: string,
  site: Place,
  told: DifferentTypes = 'DATA',
): readonly Expression[] {
  const values = harmonized(written, site, name === 'in')
  const types = values.map(({ type }) => type)
  const type = commonTypeOfAll(types, name === 'in')
  if (type === undefined) throw differentTypes(values, name, site, told)
  return values.map((value) => castTo(value, type))
}

/** Functions whose operands are told as a list; the others tell alternatives, as in Spark. */
const TELL_LISTS: ReadonlySet<string> = new Set(['in', 'greatest', 'least', 'map', 'casewhen', 'if'])

export function differentTypes(
  values: readonly Expression[],
  name: string,
  site: Place,
  told: DifferentTypes = 'DATA',
): MillraceError {
  const types = values.map((v) => quotedTypeName(v.type))
  const dataType = TELL_LISTS.has(name) ? `[${types.join(', ')}]` : `(${types.join(' or ')})`
  const parameters = { sqlExpr: site.sql, functionName: quotedName(name), dataType }
  return new MillraceError(`DATATYPE_MISMATCH.${told}_DIFF_TYPES`, parameters, { origin: site.origin })
}

/** The expression as the type a function wants. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export function expectType(e: Expression, type: DataType, position: number, site: Place): Expression {
  if (sameType(e.type, type) || canCoerce(e.type, type)) return castTo(e, type)
  throw unexpectedType(e, quotedTypeName(type), position, site)
}

/** An argument of a function that turns nothing into its type but NULL. */
export function exactType(e: Expression, type: DataType, position: number, site: Place): Expression {
  if (e.type.kind !== 'void' && !sameType(e.type, type)) throw unexpectedType(e, quotedTypeName(type), position, site)
  return castTo(e, type)
}

export function unexpectedType(e: Expression, required: string, position: number, site: Place): MillraceError {
  return new MillraceError(
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
    {
      sqlExpr: site.sql,
      paramIndex: ORDINALS[position] ?? `${position + 1}th`,
      inputSql: site.argumentSql?.(position) ?? `"${sqlText(e)}"`,
      inputType: quotedTypeName(e.type),
      requiredType: required,
    },
    { origin: e.origin ?? site.origin },
  )
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth']
