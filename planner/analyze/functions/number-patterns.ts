import {
  BINARY,
  type DataType,
  type DecimalType,
  decimal,
  INT,
  MAX_DECIMAL_PRECISION,
  quotedTypeName,
  STRING,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName, quotedText } from '../../../common/errors/quoting.js'
import { literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { isFoldable } from '../../plan/expression/foldable.js'
import { DETAIL_TEXT, type RoutineError } from '../../plan/expression/routine.js'
import { type NumberProgram, numberProgram } from '../../plan/number-pattern/program.js'
import { constantOf } from '../constants/constants.js'
import type { CallText } from '../printing.js'
import { castTo, expectType, unexpectedType } from '../types/coercion.js'
import { isNumeric } from '../types/common-types.js'
import { decimalOfIntegral } from '../types/decimal-types.js'
import {
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { TEXTS } from './text.js'
import { TEXT_CODES } from './text-codes.js'
import { TIME_PATTERNS } from './time-patterns.js'

/** The value of a pattern, which must not depend on rows; undefined for NULL. @throws DATATYPE_MISMATCH.NON_FOLDABLE_INPUT */
function patternOf(pattern: Expression, site: CallSite): string | undefined {
  const text = expectType(pattern, STRING, 1, site)
  if (!isFoldable(text)) {
    const inputExpr = site.argumentSql?.(1) ?? site.sql
    const parameters = { inputName: '`attributereference`', inputType: '"STRING"', inputExpr, sqlExpr: site.sql }
    throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
  }
  const value = constantOf(text)?.value
  return typeof value === 'string' ? value : undefined
}

/** @throws INVALID_FORMAT.* */
function programOf(pattern: string, { origin }: CallSite): NumberProgram {
  try {
    return numberProgram(pattern)
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    throw new MillraceError(error.condition, error.parameters, { origin })
  }
}

/** What a NULL of a number by no pattern is. */
const UNKNOWN = decimal(10, 0)

const toNumber = (isTry: boolean): FunctionDefinition =>
  exactly(2, ([value, format], site) => {
    const text = expectType(value!, STRING, 0, site)
    const pattern = patternOf(format!, site)
    if (pattern === undefined) return literal(UNKNOWN, null, site.origin)
    const { steps, precision, scale } = programOf(pattern, site)
    if (precision > MAX_DECIMAL_PRECISION) {
      const parameters = { precision, maxPrecision: MAX_DECIMAL_PRECISION }
      throw new MillraceError('DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', parameters, { origin: site.origin })
    }
    const operands = [text, literal(BINARY, steps), literal(INT, precision), literal(INT, scale)]
    const tooLarge = { value: '0', precision, scale, config: '"spark.sql.ansi.enabled"' }
    const mismatch = { inputType: '"STRING"', input: DETAIL_TEXT, format: pattern.toUpperCase() }
    const errors: readonly RoutineError[] = [
      { condition: 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', parameters: tooLarge },
      { condition: 'INVALID_FORMAT.MISMATCH_INPUT', parameters: mismatch },
    ]
    const traits = isTry ? ({ givesNull: true, errors: errors.slice(0, 1) } as const) : { errors }
    return kernelCall('numberByPattern', decimal(precision, scale), operands, site, traits)
  })

/** What Spark turns a number into that is to be a decimal. */
function decimalFor(type: DataType): DecimalType {
  if (type.kind === 'decimal') return type
  if (type.kind === 'float') return decimal(14, 7)
  if (type.kind === 'double') return decimal(30, 15)
  return decimalOfIntegral(type) ?? decimal(38, 18)
}

function numberText(value: Expression, format: Expression, site: CallSite): Expression {
  const { kind } = value.type
  if (!isNumeric(value.type) && kind !== 'string' && kind !== 'void') throw unexpectedType(value, '"DECIMAL"', 0, site)
  const pattern = patternOf(format, site)
  if (pattern === undefined) return literal(STRING, null, site.origin)
  const type = decimalFor(value.type)
  const { steps } = programOf(pattern, site)
  const wide = castTo(castTo(value, type), decimal(MAX_DECIMAL_PRECISION, type.scale))
  return kernelCall('numberToPattern', STRING, [wide, literal(INT, type.scale), literal(BINARY, steps)], site)
}

/** @throws NON_FOLDABLE_ARGUMENT, INVALID_PARAMETER_VALUE.BINARY_FORMAT */
function bytesText(value: Expression, format: Expression, site: CallSite): Expression {
  const functionName = quotedName(site.name)
  const given = format.type.kind === 'string' && isFoldable(format) ? constantOf(format)?.value : undefined
  if (typeof given !== 'string') {
    const paramType = quotedTypeName(format.type)
    const parameters = { funcName: functionName, paramName: '`format`', paramType }
    throw new MillraceError('NON_FOLDABLE_ARGUMENT', parameters, { origin: site.origin })
  }
  switch (given.toLowerCase()) {
    case 'hex':
      return TEXTS['hex']!.build([value], site)
    case 'base64':
      return TEXT_CODES['base64']!.build([value], site)
    case 'utf-8':
      return TEXT_CODES['decode']!.build([value, literal(STRING, given)], site)
    default: {
      const parameters = { parameter: '`format`', functionName, invalidFormat: quotedText(given) }
      throw new MillraceError('INVALID_PARAMETER_VALUE.BINARY_FORMAT', parameters, { origin: site.origin })
    }
  }
}

const toText: FunctionDefinition = exactly(2, (args, site) => {
  const [value, format] = args
  const { kind } = value!.type
  if (kind === 'date' || kind === 'timestamp' || kind === 'timestamp_ntz')
    return TIME_PATTERNS['date_format']!.build(args, site)
  return kind === 'binary' ? bytesText(value!, format!, site) : numberText(value!, format!, site)
})

/** A number with so many places, or by a pattern of Java. */
const formatNumber: FunctionDefinition = exactly(2, ([value, format], site) => {
  const { kind } = value!.type
  if (!isNumeric(value!.type) && kind !== 'void') throw unexpectedType(value!, '"NUMERIC"', 0, site)
  const places = format!.type.kind === 'void' ? castTo(format!, INT) : format!
  if (places.type.kind !== 'int' && places.type.kind !== 'string')
    throw unexpectedType(format!, '("INT" or "STRING")', 1, site)
  if (kind === 'void') return literal(STRING, null, site.origin)
  const run = { by: 'host', name: 'number-formats.format', label: site.name, givesNull: true, raises: true } as const
  return routineCall(run, STRING, [value!, places], site.origin)
})

const NUMBER_TO_TEXT = helped(
  '(value, pattern)',
  "A number as a text by a pattern of 0, 9, `.`, `,`, `$`, S, MI and PR, '#' where it has too many digits; a time by a pattern of times; bytes as 'hex', 'base64' or 'utf-8'.",
  [
    ["to_char(12454.8, '99,999.9S')", '12,454.8+'],
    ["to_char(date '2016-04-08', 'y')", '2016'],
    ["to_char(X'616263', 'utf-8')", 'abc'],
  ],
  toText,
)

const TIMES: ReadonlySet<string> = new Set(['date', 'timestamp', 'timestamp_ntz'])

/** A value as text by a pattern is printed as another function for times and for bytes. */
const toCharText =
  (name: 'to_char' | 'to_varchar'): CallText =>
  ([value, format], text, context) => {
    const kind = context.typeOf?.(value!)?.kind
    const [shown, pattern] = [text(value!), format ? text(format) : '']
    if (kind !== undefined && TIMES.has(kind)) return `date_format(${shown}, ${pattern})`
    if (kind !== 'binary') return `to_char(${shown}, ${pattern})`
    const codec = pattern.toLowerCase()
    const isText = codec === 'utf-8'
    const spoken = name === 'to_varchar' ? name : isText ? 'decode' : codec
    return `${spoken}(${isText ? `${shown}, ${pattern}` : shown})`
  }

export const NUMBER_PATTERNS: FunctionTable = collated('plain', {
  to_number: helped(
    '(text, pattern)',
    'The number that a text tells by a pattern of 0, 9, `.` or D, `,` or G, `$`, S, MI and PR.',
    [
      ["to_number('12,454.8-', '99,999.9S')", '-12454.8'],
      ["to_number('$78.12', '$99.99')", '78.12'],
    ],
    toNumber(false),
  ),
  try_to_number: helped(
    '(text, pattern)',
    'The same, but NULL where the text is not as the pattern has it.',
    [["try_to_number('454', '99')", 'NULL']],
    toNumber(true),
  ),
  to_char: { ...NUMBER_TO_TEXT, printed: { call: toCharText('to_char') } },
  to_varchar: { ...NUMBER_TO_TEXT, printed: { call: toCharText('to_varchar') } },
  format_number: helped(
    '(number, places or pattern)',
    "A number with commas and so many places, or by a pattern of Java, such as '#,##0.00'; half goes to the even digit.",
    [
      ['format_number(12332.123456, 4)', '12,332.1235'],
      ["format_number(12332.123456, '##################.###')", '12332.123'],
    ],
    formatNumber,
  ),
})
