import { type DataType, isInterval, quotedTypeName, sameType, type TypeKind, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { literal } from '../plan/expression/build.js'
import type { Expression } from '../plan/expression/expression.js'
import { isNumeric, type Place } from './coercion.js'
import { canCastInterval, castInterval } from './interval-casts.js'
import { zonedCast } from './session.js'

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
  if (from.kind === 'void') return true
  if (isNested(from)) return to.kind === 'string' || canCastParts(from, to)
  if (from.kind === to.kind) return true
  if (isNumeric(from)) return isNumeric(to) || FROM_NUMBERS.includes(to.kind)
  return TARGETS[from.kind]?.includes(to.kind) ?? false
}

const isNested = ({ kind }: DataType): boolean => kind === 'struct' || kind === 'array' || kind === 'map'

/** Part by part, whatever the fields of structs are called. */
function canCastParts(from: DataType, to: DataType): boolean {
  if (from.kind !== to.kind) return false
  const [parts, targets] = [partTypes(from), partTypes(to)]
  return parts.length === targets.length && parts.every((part, i) => canCast(part, targets[i]!))
}

/** What the values of a type consist of. */
function partTypes(type: DataType): readonly DataType[] {
  if (type.kind === 'array') return [type.element]
  if (type.kind === 'map') return [type.key, type.value]
  return type.kind === 'struct' ? type.fields.map((field) => field.type) : []
}

/** Casts that Spark has and we do not: of intervals that are parts of other values. */
function isNotBuilt(from: DataType, to: DataType): boolean {
  if (isInterval(from) || isInterval(to)) return canCastInterval(from, to) && !sameType(from, to)
  if (!isNested(from)) return false
  const targets = partTypes(to)
  return partTypes(from).some((part, i) => isNotBuilt(part, to.kind === 'string' ? to : (targets[i] ?? to)))
}

/** A cast that the query asks for. @throws DATATYPE_MISMATCH.CAST_* */
export function explicitCast(value: Expression, type: DataType, mode: 'ansi' | 'try', site: Place): Expression {
  if (value.kind === 'literal' && value.value === null) return literal(type, null, site.origin)
  if (isInterval(value.type) || isInterval(type)) {
    if (canCastInterval(value.type, type)) return castInterval(value, type, mode, site.origin)
    throw cannotCast(value.type, type, mode, site)
  }
  if (isNotBuilt(value.type, type)) {
    const feature = `the cast of ${typeName(value.type)} to ${typeName(type)}`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
  }
  if (canCast(value.type, type)) return zonedCast(value, type, mode, site.origin)
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
