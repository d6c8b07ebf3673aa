import { type DataType, quotedTypeName, sameType, type TypeKind, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { cast, literal } from '../plan/expression/build.js'
import type { Expression } from '../plan/expression/expression.js'
import { isInterval, isNumeric, type Place } from './coercion.js'

/** What a value of the other kinds can be cast to, as `Cast.canAnsiCast` of Spark has it; numbers among themselves always. */
const TARGETS: Partial<Record<TypeKind, readonly TypeKind[]>> = {
  boolean: ['tinyint', 'smallint', 'int', 'bigint', 'float', 'double', 'decimal', 'string'],
  date: ['string', 'timestamp', 'timestamp_ntz'],
  timestamp: ['string', 'date', 'timestamp_ntz', 'tinyint', 'smallint', 'int', 'bigint', 'float', 'double', 'decimal'],
  timestamp_ntz: ['string', 'date', 'timestamp'],
  binary: ['string'],
  string: [
    'boolean',
    'tinyint',
    'smallint',
    'int',
    'bigint',
    'float',
    'double',
    'decimal',
    'date',
    'timestamp',
    'timestamp_ntz',
    'binary',
  ],
}
const FROM_NUMBERS: readonly TypeKind[] = ['string', 'boolean', 'timestamp']

function canCast(from: DataType, to: DataType): boolean {
  if (from.kind === 'void' || from.kind === to.kind) return from.kind !== 'struct' || sameShape(from, to)
  if (isNumeric(from)) return isNumeric(to) || FROM_NUMBERS.includes(to.kind)
  return TARGETS[from.kind]?.includes(to.kind) ?? false
}

function sameShape(from: DataType, to: DataType): boolean {
  if (from.kind !== 'struct' || to.kind !== 'struct') return false
  return (
    from.fields.length === to.fields.length && from.fields.every((field, i) => canCast(field.type, to.fields[i]!.type))
  )
}

/** Casts that Spark has and we do not: of intervals, into texts of nested values, between arrays or maps. */
function isNotBuilt(from: DataType, to: DataType): boolean {
  if (isInterval(from)) return to.kind === 'string' || isNumeric(to) || (isInterval(to) && to.kind !== from.kind)
  if (isInterval(to)) return from.kind === 'string' || isNumeric(from)
  const isNested = from.kind === 'struct' || from.kind === 'array' || from.kind === 'map'
  if (isNested && to.kind === 'string') return true
  return (from.kind === 'array' || from.kind === 'map') && from.kind === to.kind && !sameType(from, to)
}

/** A cast that the query asks for. @throws DATATYPE_MISMATCH.CAST_* */
export function explicitCast(value: Expression, type: DataType, mode: 'ansi' | 'try', site: Place): Expression {
  if (value.kind === 'literal' && value.value === null) return literal(type, null, site.origin)
  if (isNotBuilt(value.type, type)) {
    const feature = `the cast of ${typeName(value.type)} to ${typeName(type)}`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
  }
  if (canCast(value.type, type)) return cast(value, type, mode, site.origin)
  throw cannotCast(value.type, type, mode, site)
}

/** Casts that Spark has outside of ANSI mode only. */
const NOT_ANSI: Partial<Record<TypeKind, readonly TypeKind[]>> = {
  boolean: ['timestamp'],
  date: ['boolean'],
  timestamp: ['boolean'],
  tinyint: ['binary'],
  smallint: ['binary'],
  int: ['binary'],
  bigint: ['binary'],
}

/** The condition tells what to write instead, where Spark has something. */
function cannotCast(from: DataType, to: DataType, mode: 'ansi' | 'try', site: Place): MillraceError {
  const types = { sqlExpr: site.sql, srcType: quotedTypeName(from), targetType: quotedTypeName(to) }
  const options = { origin: site.origin }
  const instead =
    isNumeric(from) && to.kind === 'date'
      ? 'DATE_FROM_UNIX_DATE'
      : from.kind === 'date' && isNumeric(to)
        ? 'UNIX_DATE'
        : undefined
  if (instead !== undefined) {
    const functionNames = `\`${instead}\``
    return new MillraceError('DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION', { ...types, functionNames }, options)
  }
  if (mode === 'ansi' && NOT_ANSI[from.kind]?.includes(to.kind)) {
    const setting = { config: '"spark.sql.ansi.enabled"', configVal: "'false'" }
    return new MillraceError('DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION', { ...types, ...setting }, options)
  }
  return new MillraceError('DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION', types, options)
}
