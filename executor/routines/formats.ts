import { doubleText, floatText } from '../../columnar/double-text.js'
import type { DataType } from '../../columnar/types.js'
import { typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { decimalText } from '../../planner/plan/expression/literal-text.js'
import { exponential, fixed, general } from './decimal-digits.js'
import type { HostRoutine, HostValue } from './routine.js'

/* `format_string`: formats as Java's Formatter reads them. */

interface Directive {
  readonly index: string | undefined
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly conversion: string
  readonly text: string
}

interface Argument {
  readonly value: HostValue
  readonly type: DataType
}

const DIRECTIVE = /%(\d+\$|<)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/y
const MOST_FORMATS = 64
const parsed = new Map<string, readonly (string | Directive)[]>()

/** Texts and directives of a format; those of the last ones are kept. */
function directivesOf(format: string): readonly (string | Directive)[] {
  const known = parsed.get(format)
  if (known) return known
  const parts: (string | Directive)[] = []
  for (let at = 0; at < format.length; ) {
    const next = format.indexOf('%', at)
    const end = next < 0 ? format.length : next
    if (end > at) parts.push(format.slice(at, end))
    if (next < 0) break
    DIRECTIVE.lastIndex = next
    const match = DIRECTIVE.exec(format)
    if (!match) throw wrong(`Conversion = '${format[next + 1] ?? '%'}'`)
    const [text, index, flags, width, precision, conversion] = match
    if (index === '0$') throw zeroIndex()
    const sizes = { width: Number(width ?? -1), precision: precision === undefined ? undefined : Number(precision) }
    parts.push({ index, flags: flags!, ...sizes, conversion: conversion!, text })
    at = next + text.length
  }
  if (parsed.size >= MOST_FORMATS) parsed.clear()
  parsed.set(format, parts)
  return parts
}

const wrong = (value: string): MillraceError =>
  new MillraceError('INVALID_PARAMETER_VALUE.FORMAT', {
    parameter: '`strfmt`',
    functionName: '`format_string`',
    value,
  })

const zeroIndex = (): MillraceError =>
  new MillraceError('INVALID_PARAMETER_VALUE.ZERO_INDEX', { parameter: '`strfmt`', functionName: '`format_string`' })

export const formatString: HostRoutine = ([format, ...values], types) => {
  if (format === null) return null
  let next = 0
  let last = -1
  const take = ({ index, text }: Directive): Argument => {
    if (index === undefined) last = next++
    else if (index !== '<') last = Number.parseInt(index, 10) - 1
    const value = values[last]
    if (value === undefined) throw wrong(`Format specifier '${text}'`)
    return { value, type: types.arguments[last + 1]! }
  }
  return directivesOf(format as string)
    .map((part) => (typeof part === 'string' ? part : written(part, take)))
    .join('')
}

function written(directive: Directive, take: (directive: Directive) => Argument): string {
  const { conversion, flags, width, text } = directive
  if (conversion === 'n') return '\n'
  if (flags.includes('-') && width < 0) throw wrong(text)
  const isUpper = conversion !== conversion.toLowerCase()
  const body = conversion === '%' ? '%' : bodyOf(directive, take(directive))
  const cased = isUpper ? body.toUpperCase() : body
  return flags.includes('-') ? cased.padEnd(width) : cased.padStart(width)
}

function bodyOf(directive: Directive, { value, type }: Argument): string {
  const { conversion, precision } = directive
  const cut = (text: string): string => (precision === undefined ? text : text.slice(0, precision))
  switch (conversion.toLowerCase()) {
    case 's':
      return cut(textOf(value, type))
    case 'b':
      return cut(String(value !== null && value !== false))
    case 'c':
      return characterOf(directive, value, type)
    case 'd':
    case 'x':
    case 'o':
      if (precision !== undefined) throw wrong(String(precision))
      return value === null ? 'null' : integerText(directive, value, type)
    case 'e':
    case 'f':
    case 'g':
      return value === null ? 'null' : numberText(directive, value, type)
    case 'a':
    case 'h':
    case 't':
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `%${conversion} of format_string` })
    default:
      throw wrong(`Conversion = '${conversion}'`)
  }
}

/** A value as Java prints the one that Spark keeps: dates and timestamps as numbers. */
function textOf(value: HostValue, type: DataType): string {
  if (value === null) return 'null'
  if (type.kind === 'double') return doubleText(value as number)
  if (type.kind === 'float') return floatText(value as number)
  if (type.kind === 'decimal') return decimalText(value as bigint, type.scale)
  return String(value)
}

const mismatch = ({ conversion }: Directive, type: DataType): MillraceError =>
  wrong(`${conversion} != ${typeName(type)}`)

const BITS: Partial<Record<DataType['kind'], number>> = {
  tinyint: 8,
  smallint: 16,
  int: 32,
  date: 32,
  bigint: 64,
  timestamp: 64,
  timestamp_ntz: 64,
}

function characterOf(directive: Directive, value: HostValue, type: DataType): string {
  const bits = BITS[type.kind]
  if (value === null) return 'null'
  if (bits === undefined || bits === 64) throw mismatch(directive, type)
  if (Number(value) < 0 || Number(value) > 0x10ffff) throw wrong(`Code point = 0x${Number(value).toString(16)}`)
  return String.fromCodePoint(Number(value))
}

function integerText(directive: Directive, value: HostValue, type: DataType): string {
  const bits = BITS[type.kind]
  if (bits === undefined) throw mismatch(directive, type)
  const number = BigInt(value as number | bigint)
  const conversion = directive.conversion.toLowerCase()
  if (conversion === 'd') return signed(directive, number < 0n, String(number < 0n ? -number : number))
  const digits = BigInt.asUintN(bits, number).toString(conversion === 'x' ? 16 : 8)
  const prefix = directive.flags.includes('#') ? (conversion === 'x' ? '0x' : '0') : ''
  const zeros = directive.flags.includes('0') ? directive.width - prefix.length : 0
  return prefix + digits.padStart(zeros, '0')
}

function numberText(directive: Directive, value: HostValue, type: DataType): string {
  if (type.kind !== 'double' && type.kind !== 'float') throw mismatch(directive, type)
  const number = value as number
  if (Number.isNaN(number)) return 'NaN'
  const isNegative = number < 0 || Object.is(number, -0)
  if (!Number.isFinite(number))
    return signed({ ...directive, flags: directive.flags.replace('0', '') }, isNegative, 'Infinity')
  const plain = (type.kind === 'float' ? floatText : doubleText)(Math.abs(number))
  const places = directive.precision ?? 6
  const conversion = directive.conversion.toLowerCase()
  const write = conversion === 'f' ? fixed : conversion === 'e' ? exponential : general
  return signed(directive, isNegative, write(plain, places))
}

/** Digits with their sign, groups of thousands and zeros before them as the flags ask. */
function signed({ flags, width }: Directive, isNegative: boolean, digits: string): string {
  const [whole, ...rest] = digits.split(/(?=[.e])/) as [string, ...string[]]
  const grouped = flags.includes(',') ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole
  const plus = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const isBracketed = isNegative && flags.includes('(')
  const before = isBracketed ? '(' : isNegative ? '-' : plus
  const behind = isBracketed ? ')' : ''
  const body = grouped + rest.join('')
  const zeros = flags.includes('0') ? width - before.length - behind.length : 0
  return before + body.padStart(zeros, '0') + behind
}
