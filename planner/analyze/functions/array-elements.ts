import { type ArrayType, array, BIGINT, BOOLEAN, INT, isAnyInterval, STRING, VOID } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { DETAIL_TEXT, type RoutineError } from '../../plan/expression/routine.js'
import { appended } from '../collations/array-uses.js'
import { textsOrArrays } from '../collations/uses.js'
import { castTo, expectType, unexpectedType, unifyAll } from '../types/coercion.js'
import { isIntegral } from '../types/common-types.js'
import { arrayOf, arrayOfValues, concatenated, withElement } from './array-operands.js'
import {
  between,
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
  type RoutineTraits,
} from './definition.js'
import { isMoment, timeSequence } from './time-sequences.js'

/** An array with a value before its elements or behind them. */
const extended = (isFirst: boolean): FunctionDefinition =>
  exactly(2, (args, site) => {
    if (args[0]!.type.kind !== 'array') throw unexpectedType(args[0]!, '"ARRAY"', 0, site)
    const [elements, value] = withElement(args[0]!, args[1]!, site)
    const added = arrayOfValues([value], site)
    return concatenated(isFirst ? [added, elements] : [elements, added], site)
  })

/** An INT, which no other type is turned into. */
function exactInt(args: readonly Expression[], position: number, site: CallSite): Expression {
  const { kind } = args[position]!.type
  if (kind === 'bigint' || kind === 'void' || !isIntegral(args[position]!.type))
    throw unexpectedType(args[position]!, '"INT"', position, site)
  return castTo(args[position]!, INT)
}

const MOST_ELEMENTS = '2147483632'
const tooLong = (functionName: string, parameter: string): RoutineError => ({
  condition: 'COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER',
  parameters: { numberOfElements: DETAIL_TEXT, functionName, maxRoundedArrayLength: MOST_ELEMENTS, parameter },
})

const insert: FunctionDefinition = exactly(3, (args, site) => {
  const position = args[0]!.type.kind === 'array' ? exactInt(args, 1, site) : args[1]!
  const [elements, value] = withElement(args[0]!, args[2]!, site)
  const added = arrayOfValues([value, literal(value.type, null)], site)
  const all = concatenated([elements, added], site)
  const parameters = {
    numberOfElements: DETAIL_TEXT,
    functionName: '`array_insert`',
    maxRoundedArrayLength: MOST_ELEMENTS,
  }
  const errors = [
    { condition: 'INVALID_INDEX_OF_ZERO', parameters: {} },
    { condition: 'COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION', parameters },
  ] as const
  return kernelCall('packedInsert', all.type, [all, position], site, { types: [0], errors })
})

const slice: FunctionDefinition = exactly(3, (args, site) => {
  const type = arrayOf(args, 0, site)
  const [start, length] = [expectType(args[1]!, INT, 1, site), expectType(args[2]!, INT, 2, site)]
  const of = { parameter: '`start`', functionName: '`slice`' }
  const errors = [
    { condition: 'INVALID_PARAMETER_VALUE.START', parameters: of },
    {
      condition: 'INVALID_PARAMETER_VALUE.LENGTH',
      parameters: { ...of, parameter: '`length`', length: DETAIL_TEXT },
    },
  ] as const
  return kernelCall('packedSlice', type, [args[0]!, start, length], site, { types: [0], errors })
})

const repeat: FunctionDefinition = exactly(2, (args, site) => {
  const count = args[1]!.type.kind === 'void' ? literal(INT, null) : exactInt(args, 1, site)
  const one = arrayOfValues([args[0]!], site)
  const errors = [tooLong('`array_repeat`', '`count`')]
  return kernelCall('packedRepeat', one.type, [one, count], site, { types: [0], errors })
})

const compact: FunctionDefinition = exactly(1, (args, site) => {
  const { element } = arrayOf(args, 0, site)
  const variable = Object.freeze({ kind: 'variable' as const, name: 'x', level: 0, type: element, nullable: true })
  const body = call('is_not_null', BOOLEAN, [variable], { origin: site.origin })
  const lambda = Object.freeze({
    kind: 'lambda' as const,
    parameters: [variable],
    body,
    type: BOOLEAN,
    nullable: false,
  })
  const { origin } = site
  return call('filter', array(element, false), [args[0]!, lambda], { origin, nullable: args[0]!.nullable })
})

/** An array whose elements may be texts, as texts. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export function textArray(args: readonly Expression[], position: number, required: string, site: CallSite): Expression {
  const arg = args[position]!
  if (arg.type.kind === 'void') return literal(array(STRING), null)
  const isText = arg.type.kind === 'array' && !['array', 'map', 'struct'].includes(arg.type.element.kind)
  if (!isText) throw unexpectedType(arg, required, position, site)
  return castTo(arg, array(STRING, (arg.type as ArrayType).containsNull))
}

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function exactText(args: readonly Expression[], position: number, site: CallSite): Expression {
  const { kind } = args[position]!.type
  if (kind !== 'string' && kind !== 'void') throw unexpectedType(args[position]!, '"STRING"', position, site)
  return castTo(args[position]!, STRING)
}

const join: FunctionDefinition = between(2, 3, (args, site) => {
  const texts = textArray(args, 0, '"ARRAY<STRING>"', site)
  const by = args[2] ? exactText(args, 2, site) : literal(STRING, '')
  return joinedTexts(texts, exactText(args, 1, site), by, args.length === 2, site)
})

/** The texts of an array with another one between them. */
export const joinedTexts = (
  texts: Expression,
  between: Expression,
  by: Expression,
  skipsNulls: boolean,
  site: CallSite,
): Expression =>
  kernelCall('packedJoin', STRING, [texts, between, by, literal(BOOLEAN, skipsNulls)], site, { types: [0] })

const SEQUENCE_ERRORS: RoutineTraits = {
  errors: [
    { condition: 'ILLEGAL_SEQUENCE_BOUNDARIES', parameters: {} },
    tooLong('`sequence`', '`start`, `stop`, `step`'),
  ],
}

const sequence: FunctionDefinition = between(2, 3, (args, site) => {
  if (args.slice(0, 2).some(({ type }) => isMoment(type))) return sequenceOfTimes(args, site)
  const numbers = isAnyInterval(args[2]?.type ?? VOID) ? args : unifyAll(args, 'sequence', site)
  if (!numbers.every(({ type }) => isIntegral(type))) throw wrongSequence(site)
  const [start, stop, step] = numbers.map((number) => castTo(number, BIGINT))
  const operands = [start!, stop!, step ?? literal(BIGINT, 1n), literal(BOOLEAN, step !== undefined)]
  const type = array(numbers[0]!.type, false)
  return kernelCall('packedSequence', type, operands, site, { ...SEQUENCE_ERRORS, types: ['result'] })
})

function sequenceOfTimes(args: readonly Expression[], site: CallSite): Expression {
  const [start, stop] = unifyAll(args.slice(0, 2), 'sequence', site)
  const step = args[2]
  if (!isMoment(start!.type) || (step && !isAnyInterval(step.type))) throw wrongSequence(site)
  return timeSequence([start!, stop!], step, SEQUENCE_ERRORS, site)
}

function wrongSequence({ sql, origin }: CallSite): MillraceError {
  const parameters = {
    sqlExpr: sql,
    functionName: '`sequence`',
    startType: '("TIMESTAMP" or "TIMESTAMP_NTZ" or "DATE")',
    stepType: '("INTERVAL" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
    otherStartType: '"INTEGRAL"',
  }
  return new MillraceError('DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES', parameters, { origin })
}

const reversed: FunctionDefinition = exactly(1, (args, site) => {
  const { type } = args[0]!
  if (type.kind === 'array') return kernelCall('packedReverse', type, args, site, { types: [0] })
  if (type.kind === 'binary') return kernelCall('bytesReverse', type, args, site)
  return kernelCall('textReverse', STRING, [expectType(args[0]!, STRING, 0, site)], site)
})

export const ARRAY_ELEMENTS: FunctionTable = {
  array_append: helped(
    '(array, value)',
    'The elements, and a value behind them.',
    [["array_append(array('b', 'd', 'c'), 'e')", '[b, d, c, e]']],
    extended(false),
    { collations: appended },
  ),
  array_prepend: helped(
    '(array, value)',
    'A value, and the elements behind it.',
    [["array_prepend(array('b', 'd', 'c'), 'a')", '[a, b, d, c]']],
    extended(true),
    { collations: 'values' },
  ),
  array_insert: helped(
    '(array, position, value)',
    'The elements with a value that gets a number, from 1 on, or from the end where it is negative; NULLs stand where elements lack.',
    [
      ['array_insert(array(1, 2, 3), 2, 9)', '[1, 9, 2, 3]'],
      ['array_insert(array(1), -3, 9)', '[9, NULL, 1]'],
    ],
    insert,
    { collations: 'values' },
  ),
  array_compact: helped(
    '(array)',
    'The elements that are not NULL.',
    [['array_compact(array(1, NULL, 3))', '[1, 3]']],
    compact,
    { collations: 'values' },
  ),
  array_join: helped(
    '(array, separator[, replacement])',
    'The texts of an array with another one between them; NULLs are left out, or replaced.',
    [
      ["array_join(array('a', NULL, 'b'), ',')", 'a,b'],
      ["array_join(array('a', NULL, 'b'), ',', '-')", 'a,-,b'],
    ],
    join,
    { collations: 'text' },
  ),
  array_repeat: helped(
    '(value, count)',
    'An array that has a value so many times.',
    [["array_repeat('x', 2)", '[x, x]']],
    repeat,
    { collations: 'values' },
  ),
  reverse: helped(
    '(text, bytes or array)',
    'The characters, the bytes or the elements from the last to the first.',
    [
      ["reverse('Spark SQL')", 'LQS krapS'],
      ["hex(reverse(x'CAFE'))", 'FECA'],
      ['reverse(array(2, 1, 4))', '[4, 1, 2]'],
    ],
    reversed,
    { collations: textsOrArrays },
  ),
  sequence: helped(
    '(start, stop[, step])',
    'The whole numbers from one to another, or the dates or timestamps by an interval, which is a day where none is given.',
    [
      ['sequence(1, 5)', '[1, 2, 3, 4, 5]'],
      ['sequence(5, 1, -2)', '[5, 3, 1]'],
      ["sequence(date'2018-01-31', date'2018-03-31', interval '1' month)", '[2018-01-31, 2018-02-28, 2018-03-31]'],
    ],
    sequence,
  ),
  slice: helped(
    '(array, start, length)',
    'So many elements from a number on, from 1, or from the end where it is negative.',
    [
      ['slice(array(1, 2, 3, 4), 2, 2)', '[2, 3]'],
      ['slice(array(1, 2, 3, 4), -2, 2)', '[3, 4]'],
    ],
    slice,
    { collations: 'values' },
  ),
}
