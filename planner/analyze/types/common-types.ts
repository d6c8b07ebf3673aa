import { widerInterval } from '../../../columnar/times/wider-interval.js'
import {
  array,
  BIGINT,
  type DataType,
  DOUBLE,
  FLOAT,
  isAnyInterval,
  isInterval,
  map,
  STRING,
  sameType,
  struct,
  TIMESTAMP,
  type TypeKind,
} from '../../../columnar/types.js'
import { sameName } from '../names/names.js'
import { analysisSession } from '../session.js'
import { decimalOfIntegral, widerDecimal } from './decimal-types.js'

/* Which types values become that meet: as Spark's `AnsiTypeCoercion` has it, and outside of ANSI mode `TypeCoercion`. */

const INTEGRAL: readonly TypeKind[] = ['tinyint', 'smallint', 'int', 'bigint']

export const isIntegral = (type: DataType): boolean => INTEGRAL.includes(type.kind)
const isFractional = (type: DataType): boolean =>
  type.kind === 'float' || type.kind === 'double' || type.kind === 'decimal'
export const isNumeric = (type: DataType): boolean => isIntegral(type) || isFractional(type)
export const isTemporal = (type: DataType): boolean =>
  type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz'

/** What a string and a value of another type become; undefined where they have nothing in common. */
type WithString = (other: DataType) => DataType | undefined

interface Rules {
  /** Where both are values of one column, or of one argument. */
  readonly mixed: WithString
  /** Where one is compared with the other. */
  readonly compared: WithString
  /** Where these are parts of others that are compared. */
  readonly comparedWithin: WithString
  /** Whether an argument may be turned into a parameter's type without being asked. */
  readonly canCoerce: (from: DataType, to: DataType) => boolean
  /** What a float and a whole number become. */
  readonly floatAndIntegral: DataType
}

/** Types a string is turned into when it meets them in ANSI mode. */
const STRING_BECOMES: ReadonlySet<TypeKind> = new Set([
  'boolean',
  'binary',
  'date',
  'time',
  'timestamp',
  'timestamp_ntz',
])

function ansiWithString(other: DataType): DataType | undefined {
  if (isIntegral(other)) return BIGINT
  if (isFractional(other)) return DOUBLE
  return STRING_BECOMES.has(other.kind) || other.kind === 'variant' ? other : undefined
}

const ANSI: Rules = {
  mixed: ansiWithString,
  compared: ansiWithString,
  comparedWithin: ansiWithString,
  canCoerce(from, to) {
    if (from.kind === 'string') return isNumeric(to) || STRING_BECOMES.has(to.kind)
    if (to.kind === 'string')
      return isNumeric(from) || STRING_BECOMES.has(from.kind) || from.kind === 'variant' || isAnyInterval(from)
    return (isNumeric(from) && isNumeric(to)) || (isTemporal(from) && isTemporal(to))
  },
  floatAndIntegral: DOUBLE,
}

const isAtomic = ({ kind }: DataType): boolean => !COMPOUND.has(kind)

const COMPOUND: ReadonlySet<TypeKind> = new Set(['array', 'map', 'struct', 'interval'])

const LENIENT: Rules = {
  mixed: (other) => (isAtomic(other) && other.kind !== 'boolean' && other.kind !== 'binary' ? STRING : undefined),
  compared(other) {
    if (other.kind === 'decimal') return DOUBLE
    return isAtomic(other) && !isInterval(other) ? other : undefined
  },
  comparedWithin: () => undefined,
  canCoerce(from, to) {
    if (from.kind === 'string') return isNumeric(to) || isTemporal(to) || to.kind === 'time' || to.kind === 'binary'
    if (to.kind === 'string') return isAtomic(from)
    return (isNumeric(from) && isNumeric(to)) || (isTemporal(from) && isTemporal(to))
  },
  floatAndIntegral: FLOAT,
}

const rules = (): Rules => (analysisSession().isAnsi ? ANSI : LENIENT)

export const canCoerce = (from: DataType, to: DataType): boolean => from.kind === 'void' || rules().canCoerce(from, to)

/** The type both can be turned into without being asked, or undefined. */
export const commonType = (a: DataType, b: DataType): DataType | undefined => wider(a, b, rules().mixed)

function wider(a: DataType, b: DataType, withString: WithString): DataType | undefined {
  if (a.kind === 'struct' && b.kind === 'struct') return widerStruct(a.fields, b.fields, withString)
  if (a.kind === 'array' && b.kind === 'array') {
    const element = wider(a.element, b.element, withString)
    return element && array(element, a.containsNull || b.containsNull)
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const [key, value] = [wider(a.key, b.key, withString), wider(a.value, b.value, withString)]
    return key && value && map(key, value, a.valueContainsNull || b.valueContainsNull)
  }
  if (sameType(a, b)) return a
  if (a.kind === 'void') return b
  if (b.kind === 'void') return a
  if (isNumeric(a) && isNumeric(b)) return widerNumber(a, b)
  // Of two collations nobody chooses one here.
  if (a.kind === 'string' && b.kind === 'string') return undefined
  if (a.kind === 'string' || b.kind === 'string') return withString(a.kind === 'string' ? b : a)
  if (isTemporal(a) && isTemporal(b)) return widerTemporal(a, b)
  if (a.kind === 'time' && b.kind === 'time') return a.precision > b.precision ? a : b
  return widerInterval(a, b)
}

function widerNumber(a: DataType, b: DataType): DataType {
  if (a.kind === 'decimal' || b.kind === 'decimal') {
    const [x, y] = [a.kind === 'decimal' ? a : decimalOfIntegral(a), b.kind === 'decimal' ? b : decimalOfIntegral(b)]
    return x && y ? widerDecimal(x, y) : DOUBLE
  }
  if (isIntegral(a) && isIntegral(b)) return INTEGRAL.indexOf(a.kind) > INTEGRAL.indexOf(b.kind) ? a : b
  return a.kind === 'double' || b.kind === 'double' ? DOUBLE : rules().floatAndIntegral
}

/** A date becomes the other's kind of timestamp; two kinds of timestamp become the one with a time zone. */
function widerTemporal(a: DataType, b: DataType): DataType {
  if (a.kind === 'date') return b
  return b.kind === 'date' ? a : TIMESTAMP
}

function widerStruct(
  a: readonly { name: string; type: DataType; nullable: boolean }[],
  b: typeof a,
  withString: WithString,
): DataType | undefined {
  if (a.length !== b.length) return undefined
  const fields = a.map((field, i) => {
    const other = b[i]!
    const isSame = sameName(field.name, other.name)
    const type = isSame ? wider(field.type, other.type, withString) : undefined
    return type && { name: field.name, type, nullable: field.nullable || other.nullable }
  })
  return fields.every((field) => field !== undefined) ? struct(fields) : undefined
}

/** The type in which two values are compared. */
export function comparedType(a: DataType, b: DataType): DataType | undefined {
  const { compared, comparedWithin } = rules()
  const isText = [a, b].map(({ kind }) => kind === 'string')
  const isMixed = isText[0] !== isText[1] && a.kind !== 'void' && b.kind !== 'void'
  return isMixed ? compared(isText[0] ? b : a) : comparedBy(a, b, comparedWithin)
}

/** Types that differ at most in the names of fields are compared as the first, but not mixed. */
const comparedBy = (a: DataType, b: DataType, withString: WithString): DataType | undefined =>
  wider(a, b, withString) ?? (differsInNames(a, b) ? a : undefined)

function differsInNames(x: DataType, y: DataType): boolean {
  if (x.kind === 'array' && y.kind === 'array') return differsInNames(x.element, y.element)
  return x.kind === 'struct' && y.kind === 'struct' && x.fields.length === y.fields.length
    ? x.fields.every(({ type }, i) => differsInNames(type, y.fields[i]!.type))
    : sameType(x, y)
}

/**
 * The type all can be turned into. With texts among them it depends on the order, outside of ANSI mode, so that Spark begins with these.
 * @param isCompared whether they are members of a list that a value is looked for in
 */
export function commonTypeOfAll(types: readonly DataType[], isCompared: boolean): DataType | undefined {
  const { mixed } = rules()
  const ordered = analysisSession().isAnsi ? types : types.toSorted((a, b) => Number(hasText(b)) - Number(hasText(a)))
  return ordered.reduce<DataType | undefined>(
    (known, type) => known && (isCompared ? comparedBy(known, type, mixed) : wider(known, type, mixed)),
    ordered[0],
  )
}

const hasText = (type: DataType): boolean => (type.kind === 'array' ? hasText(type.element) : type.kind === 'string')
