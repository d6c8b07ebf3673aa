import {
  array,
  BIGINT,
  type DataType,
  DOUBLE,
  isInterval,
  map,
  quotedTypeName,
  sameType,
  struct,
  TIMESTAMP,
  type TypeKind,
  widerInterval,
} from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { literal } from '../plan/expression/build.js'
import type { Call, Expression } from '../plan/expression/expression.js'
import { sqlText } from '../plan/expression/sql-text.js'
import { decimalOfInteger, decimalOfIntegral, widerDecimal } from './decimal-types.js'
import { castInterval } from './interval-casts.js'
import { zonedCast } from './session.js'

/** What an error refers to: the SQL text of an expression in quotes, and its place. */
export interface Place {
  readonly sql: string
  /** An argument of a call as it was written, in quotes. */
  argumentSql?(position: number): string | undefined
  readonly origin: Origin | undefined
}

/* Implicit casts as Spark makes them in ANSI mode (`AnsiTypeCoercion`). */

const INTEGRAL: readonly TypeKind[] = ['tinyint', 'smallint', 'int', 'bigint']
/** Types a string is turned into when it meets them. */
const STRING_BECOMES: ReadonlySet<TypeKind> = new Set(['boolean', 'binary', 'date', 'timestamp', 'timestamp_ntz'])

export const isIntegral = (type: DataType): boolean => INTEGRAL.includes(type.kind)
const isFractional = (type: DataType): boolean =>
  type.kind === 'float' || type.kind === 'double' || type.kind === 'decimal'
export const isNumeric = (type: DataType): boolean => isIntegral(type) || isFractional(type)
const isTemporal = (type: DataType): boolean =>
  type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz'

/** The type both can be turned into without being asked, or undefined. */
export function commonType(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === 'struct' && b.kind === 'struct') return commonStruct(a.fields, b.fields)
  if (a.kind === 'array' && b.kind === 'array') {
    const element = commonType(a.element, b.element)
    return element && array(element, a.containsNull || b.containsNull)
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const [key, value] = [commonType(a.key, b.key), commonType(a.value, b.value)]
    return key && value && map(key, value, a.valueContainsNull || b.valueContainsNull)
  }
  if (sameType(a, b)) return a
  if (a.kind === 'void') return b
  if (b.kind === 'void') return a
  if (isNumeric(a) && isNumeric(b)) return commonNumeric(a, b)
  if (a.kind === 'string' || b.kind === 'string') return withString(a.kind === 'string' ? b : a)
  if (isTemporal(a) && isTemporal(b)) return widerTemporal(a, b)
  return widerInterval(a, b)
}

function commonNumeric(a: DataType, b: DataType): DataType {
  if (a.kind === 'decimal' || b.kind === 'decimal') {
    const [x, y] = [a.kind === 'decimal' ? a : decimalOfIntegral(a), b.kind === 'decimal' ? b : decimalOfIntegral(b)]
    return x && y ? widerDecimal(x, y) : DOUBLE
  }
  if (isIntegral(a) && isIntegral(b)) return INTEGRAL.indexOf(a.kind) > INTEGRAL.indexOf(b.kind) ? a : b
  return DOUBLE
}

/** A date becomes the other's kind of timestamp; two kinds of timestamp become the one with a time zone. */
function widerTemporal(a: DataType, b: DataType): DataType {
  if (a.kind === 'date') return b
  return b.kind === 'date' ? a : TIMESTAMP
}

function withString(other: DataType): DataType | undefined {
  if (isIntegral(other)) return BIGINT
  if (isFractional(other)) return DOUBLE
  return STRING_BECOMES.has(other.kind) ? other : undefined
}

function commonStruct(
  a: readonly { name: string; type: DataType; nullable: boolean }[],
  b: typeof a,
): DataType | undefined {
  if (a.length !== b.length) return undefined
  const fields = a.map((field, i) => {
    const other = b[i]!
    const type = field.name.toLowerCase() === other.name.toLowerCase() ? commonType(field.type, other.type) : undefined
    return type && { name: field.name, type, nullable: field.nullable || other.nullable }
  })
  return fields.every((field) => field !== undefined) ? struct(fields) : undefined
}

/** The first of two types that differ at most in the names of fields: such are compared, but not mixed. */
function comparedType(a: DataType, b: DataType): DataType | undefined {
  const differsInNames = (x: DataType, y: DataType): boolean => {
    if (x.kind === 'array' && y.kind === 'array') return differsInNames(x.element, y.element)
    return x.kind === 'struct' && y.kind === 'struct' && x.fields.length === y.fields.length
      ? x.fields.every(({ type }, i) => differsInNames(type, y.fields[i]!.type))
      : sameType(x, y)
  }
  return commonType(a, b) ?? (differsInNames(a, b) ? a : undefined)
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
  return isInterval(e.type) && type.kind === 'string'
    ? castInterval(e, type, 'ansi', e.origin)
    : zonedCast(e, type, 'ansi')
}

/** A decimal operand: integer literals take the fewest digits, other integers all of their type. */
export function asDecimal(e: Expression): Expression {
  if (e.type.kind === 'decimal' || !isIntegral(e.type)) return e
  if (e.kind === 'literal' && e.value !== null) {
    const value = BigInt(e.value as number | bigint)
    return literal(decimalOfInteger(value), value, e.origin)
  }
  return castTo(e, decimalOfIntegral(e.type)!)
}

/** Both as a common type. @throws DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES */
export function unify(left: Expression, right: Expression, site: Place): [Expression, Expression] {
  const narrow = narrowLiteral(left, right)
  const [a, b] = narrow ?? [left, right]
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

/** All as a common type, as CASE, COALESCE and IN need. @throws DATATYPE_MISMATCH.DATA_DIFF_TYPES */
export function unifyAll(values: readonly Expression[], name: string, site: Place): readonly Expression[] {
  let type: DataType = values[0]!.type
  for (const value of values.slice(1)) {
    const wider = name === 'in' ? comparedType(type, value.type) : commonType(type, value.type)
    if (wider === undefined) throw differentTypes(values, name, site)
    type = wider
  }
  return values.map((value) => castTo(value, type))
}

/** Functions whose operands are told as a list; the others tell alternatives, as in Spark. */
const TELL_LISTS: ReadonlySet<string> = new Set(['in', 'greatest', 'least'])

export function differentTypes(values: readonly Expression[], name: string, site: Place): MillraceError {
  const types = values.map((v) => quotedTypeName(v.type))
  const dataType = TELL_LISTS.has(name) ? `[${types.join(', ')}]` : `(${types.join(' or ')})`
  const parameters = { sqlExpr: site.sql, functionName: quotedName(name), dataType }
  return new MillraceError('DATATYPE_MISMATCH.DATA_DIFF_TYPES', parameters, { origin: site.origin })
}

/** The expression as the type a function wants. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export function expectType(e: Expression, type: DataType, position: number, site: Place): Expression {
  if (sameType(e.type, type) || canCoerce(e.type, type)) return castTo(e, type)
  throw unexpectedType(e, quotedTypeName(type), position, site)
}

/** The same; any number is turned into any type of numbers. */
export const anyNumberAs = (e: Expression, type: DataType, position: number, site: Place): Expression =>
  isNumeric(e.type) ? castTo(e, type) : expectType(e, type, position, site)

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

/** Whether an argument may be turned into a parameter's type without being asked: `implicitCast` of Spark in ANSI mode. */
function canCoerce(from: DataType, to: DataType): boolean {
  if (from.kind === 'void') return true
  if (from.kind === 'string') return isNumeric(to) || STRING_BECOMES.has(to.kind)
  if (to.kind === 'string') return isNumeric(from) || STRING_BECOMES.has(from.kind)
  if (isNumeric(from) && isNumeric(to)) return isIntegral(from) || !isIntegral(to)
  return isTemporal(from) && isTemporal(to)
}
