import { BIGINT, BOOLEAN, type DataType, INT, STRING, sameType, TINYINT } from '../../../columnar/types.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call, cast, literal } from '../../plan/expression/build.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import { isLenient } from '../session.js'
import { asDecimal, castTo, expectType, unexpectedType, unify } from '../types/coercion.js'
import { isIntegral } from '../types/common-types.js'
import { arithmeticOperands, wrongType } from './arithmetic.js'
import { buildCase } from './conditional.js'
import { exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'
import { differentTypes } from './interval-arithmetic.js'
import { raising } from './raising.js'

/** An operator of two whole numbers of one type. */
const ofTwo = (fn: ScalarFunction): FunctionDefinition =>
  exactly(2, (args, site) => {
    if (args.every(({ type }) => type.kind === 'void')) return literal(INT, null, site.origin)
    const numbers = arithmeticOperands(args, '"INTEGRAL"', site)
    const [left, right] = numbers.some(({ type }) => type.kind === 'decimal') ? numbers.map(asDecimal) : numbers
    // Outside of ANSI mode a text is a double, which no whole number becomes here.
    if (isLenient() && args.some(({ type }) => type.kind === 'string')) throw differentTypes(left!, right!, site)
    const [a, b] = left!.type.kind === 'decimal' ? [left!, right!] : unify(left!, right!, site)
    if (!sameType(a.type, b.type)) throw differentTypes(a, b, site)
    if (!isIntegral(a.type)) throw wrongType('"INTEGRAL"', a.type, site)
    return call(fn, a.type, [a, b], { origin: site.origin })
  })

const not: FunctionDefinition = exactly(1, ([arg], site) => {
  const value = arg!.type.kind === 'void' ? castTo(arg!, INT) : arg!
  if (!isIntegral(value.type)) throw unexpectedType(value, '"INTEGRAL"', 0, site)
  return call('bits_not', value.type, [value], { origin: site.origin })
})

const shift = (fn: ScalarFunction): FunctionDefinition =>
  exactly(2, ([arg, by], site) => {
    const value = arg!.type.kind === 'bigint' ? arg! : expectType(arg!, INT, 0, site)
    return call(fn, value.type, [value, expectType(by!, INT, 1, site)], { origin: site.origin })
  })

const bitCount: FunctionDefinition = exactly(1, ([arg], site) => {
  const value = arg!.type.kind === 'void' ? castTo(arg!, INT) : arg!
  if (!isIntegral(value.type) && value.type.kind !== 'boolean')
    throw unexpectedType(value, '("INTEGRAL" or "BOOLEAN")', 0, site)
  return call('bit_count', INT, [value], { origin: site.origin })
})

const BITS: Partial<Record<DataType['kind'], number>> = { tinyint: 8, smallint: 16, int: 32, bigint: 64 }

/** The bit at a position counted from the lowest one. @throws INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE at run time */
const bitAt: FunctionDefinition = exactly(2, ([arg, at], site) => {
  const value = arg!.type.kind === 'void' ? castTo(arg!, INT) : arg!
  if (!isIntegral(value.type)) throw unexpectedType(value, '"INTEGRAL"', 0, site)
  const position = expectType(at!, INT, 1, site)
  const size = BITS[value.type.kind]!
  const shifted = call('shift_right', BIGINT, [castTo(value, BIGINT), position])
  const bit = cast(call('bits_and', BIGINT, [shifted, literal(BIGINT, 1n)]), TINYINT, 'ansi')
  const isBefore = call('lt', BOOLEAN, [position, literal(INT, 0)])
  const isBehind = call('ge', BOOLEAN, [position, literal(INT, size)])
  const isMissing = call('is_null', BOOLEAN, [value])
  const parameters = { functionName: `\`${site.name}\``, parameter: quotedName('pos'), upper: String(size) }
  const refused = raising(
    'INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE',
    { parameters, shown: { invalidValue: cast(position, STRING, 'ansi') } },
    TINYINT,
    site,
  )
  const branches = [
    { when: isMissing, value: literal(TINYINT, null) },
    { when: call('or', BOOLEAN, [isBefore, isBehind]), value: refused },
  ]
  return buildCase(branches, bit, site)
})

const bitHelp = (name: string): FunctionDefinition =>
  helped(
    '(number, position)',
    'The bit of a whole number at a position, 0 for the lowest one. A position that its type does not have raises a condition.',
    [
      [`${name}(11, 0)`, '1'],
      [`${name}(11, 2)`, '0'],
    ],
    bitAt,
  )

const shiftHelp = (fn: ScalarFunction, meaning: string, example: readonly [string, string]): FunctionDefinition =>
  helped('(number, count)', meaning, [example], shift(fn))

export const BITWISE: FunctionTable = {
  '&': ofTwo('bits_and'),
  '|': ofTwo('bits_or'),
  '^': ofTwo('bits_xor'),
  '~': not,
  '<<': shift('shift_left'),
  '>>': shift('shift_right'),
  '>>>': shift('shift_right_unsigned'),
  shiftleft: shiftHelp('shift_left', 'The bits of an int or a bigint moved left; also written `<<`.', [
    'shiftleft(3, 2)',
    '12',
  ]),
  shiftright: shiftHelp('shift_right', 'The bits moved right, the sign kept; also written `>>`.', [
    'shiftright(-8, 1)',
    '-4',
  ]),
  shiftrightunsigned: shiftHelp(
    'shift_right_unsigned',
    'The bits moved right, zeros before them; also written `>>>`.',
    ['shiftrightunsigned(-8, 1)', '2147483644'],
  ),
  bit_count: helped(
    '(number)',
    'How many bits are 1 in a whole number, as 64 bits, or in a boolean.',
    [
      ['bit_count(7)', '3'],
      ['bit_count(-1)', '64'],
      ['bit_count(true)', '1'],
    ],
    bitCount,
  ),
  getbit: bitHelp('getbit'),
  bit_get: bitHelp('bit_get'),
}
