import {
  BOOLEAN,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  isInterval,
  STRING,
  typeName,
} from '../../../columnar/types.js'
import { attempt, call, literal, orNull } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { castTo, expectType, unify } from '../types/coercion.js'
import { isIntegral, isNumeric } from '../types/common-types.js'
import { refuseUnordered } from '../types/orderable.js'
import { ARITHMETIC } from './arithmetic.js'
import { buildCase } from './conditional.js'
import { type CallSite, collated, exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'

type Operator = '+' | '-' | '*' | '/' | '%'

const zeroOf = (type: DataType): Expression => castTo(literal(DOUBLE, 0), type)

/** The sign as -1, 0 or 1; zeros and NaN are their own. */
const signum: FunctionDefinition = exactly(1, ([arg], site) => {
  if (isInterval(arg!.type)) return signOfInterval(arg!, site)
  const value = castTo(expectType(arg!, DOUBLE, 0, site), DOUBLE)
  const is = (fn: 'gt' | 'lt'): Expression => call(fn, BOOLEAN, [value, literal(DOUBLE, 0)], { origin: site.origin })
  const isMissing = call('eq', BOOLEAN, [value, literal(DOUBLE, Number.NaN)], { origin: site.origin })
  const branches = [
    { when: isMissing, value },
    { when: is('gt'), value: literal(DOUBLE, 1) },
    { when: is('lt'), value: literal(DOUBLE, -1) },
  ]
  return buildCase(branches, value, site)
})

function signOfInterval(interval: Expression, site: CallSite): Expression {
  const none = literal(interval.type, interval.type.kind === 'interval_ym' ? 0 : 0n)
  const branches = (['lt', 'eq', 'gt'] as const).map((fn, i) => ({
    when: call(fn, BOOLEAN, [interval, none], { origin: site.origin }),
    value: literal(DOUBLE, i - 1),
  }))
  return buildCase(branches, undefined, site)
}

/** The remainder that is not less than zero, where the divisor is not. */
const pmod: FunctionDefinition = exactly(2, (args, site) => {
  const rest = ARITHMETIC['%']!.build(args, site)
  if (rest.kind !== 'call') return rest
  const { type } = rest
  const divisor = rest.args[1]!
  const wide = isIntegral(type) ? decimal(38, 0) : type
  const sum = call('add', wide, [castTo(rest, wide), castTo(divisor, wide)], { origin: site.origin })
  const moved = wrapped(sum, type, site)
  const again = call('remainder', wide, [moved, castTo(divisor, wide)], { origin: site.origin })
  const isNegative = call('lt', BOOLEAN, [rest, zeroOf(type)], { origin: site.origin })
  return buildCase([{ when: isNegative, value: castTo(again, type) }], rest, site)
})

const BITS: Partial<Record<DataType['kind'], bigint>> = { int: 32n, bigint: 64n }

/** A sum of negative numbers as Spark computes it, which does not raise where it leaves the type. */
function wrapped(sum: Expression, type: DataType, site: CallSite): Expression {
  const bits = BITS[type.kind]
  if (bits === undefined) return sum
  const whole = (value: bigint): Expression => literal(sum.type, value)
  const isBelow = call('lt', BOOLEAN, [sum, whole(-(1n << (bits - 1n)))], { origin: site.origin })
  return buildCase([{ when: isBelow, value: call('add', sum.type, [sum, whole(1n << bits)]) }], sum, site)
}

const isNotANumber: FunctionDefinition = exactly(1, ([arg], site) => {
  const value = expectType(arg!, DOUBLE, 0, site)
  return call('eq_null_safe', BOOLEAN, [value, literal(DOUBLE, Number.NaN)], { origin: site.origin })
})

const nanvl: FunctionDefinition = exactly(2, (args, site) => {
  const isFloat = args.every(({ type }) => type.kind === 'float')
  const type = isFloat ? FLOAT : DOUBLE
  const [value, other] = args.map((arg, i) => castTo(expectType(arg, type, i, site), type))
  const isMissing = call('eq', BOOLEAN, [value!, literal(type, Number.NaN)], { origin: site.origin })
  return buildCase([{ when: isMissing, value: other! }], value!, site)
})

/** Arithmetic that is NULL where it would raise; of texts, times and intervals also where an operand does, as in Spark. */
const tryTo = (operator: Operator): FunctionDefinition =>
  exactly(2, (args, site) => {
    if (operator === '/' && args[0]!.type.kind === 'void') return literal(DOUBLE, null)
    const whole = ARITHMETIC[operator]!.build(args, site)
    return whole.kind === 'call' && args.every(({ type }) => isNumeric(type)) ? orNull(whole) : attempt(whole)
  })

export const NUMBERS: FunctionTable = collated('plain', {
  signum: helped('(number)', 'The sign as -1, 0 or 1.', [['signum(40)', '1.0']], signum, { printed: { as: 'SIGNUM' } }),
  sign: helped('(number)', 'The sign as -1, 0 or 1.', [['sign(-40)', '-1.0']], signum),
  pmod: helped(
    '(a, b)',
    'What is left of a division, never less than zero where the divisor is not.',
    [['pmod(-7, 3)', '2']],
    pmod,
  ),
  isnan: helped('(number)', 'Whether it is NaN; false for NULL.', [["isnan(double('NaN'))", 'true']], isNotANumber),
  nanvl: helped(
    '(a, b)',
    'The first number, or the second where that is NaN.',
    [["nanvl(double('NaN'), 123)", '123.0']],
    nanvl,
  ),
  try_add: helped(
    '(a, b)',
    'The sum, or NULL where it has no room in its type.',
    [
      ['try_add(1, 2)', '3'],
      ['try_add(2147483647, 1)', 'NULL'],
    ],
    tryTo('+'),
  ),
  try_subtract: helped(
    '(a, b)',
    'The difference, or NULL where it has no room in its type.',
    [['try_subtract(-2147483648, 1)', 'NULL']],
    tryTo('-'),
  ),
  try_multiply: helped(
    '(a, b)',
    'The product, or NULL where it has no room in its type.',
    [['try_multiply(2, 3)', '6']],
    tryTo('*'),
  ),
  try_divide: helped(
    '(a, b)',
    'The quotient, or NULL where the divisor is zero.',
    [
      ['try_divide(3, 2)', '1.5'],
      ['try_divide(1, 0)', 'NULL'],
    ],
    tryTo('/'),
  ),
  try_mod: helped(
    '(a, b)',
    'What is left of a division, or NULL where the divisor is zero.',
    [
      ['try_mod(3, 2)', '1'],
      ['try_mod(1, 0)', 'NULL'],
    ],
    tryTo('%'),
  ),
  equal_null: helped(
    '(a, b)',
    'Whether both are equal, or both NULL: as `<=>`.',
    [
      ['equal_null(NULL, NULL)', 'true'],
      ['equal_null(1, NULL)', 'false'],
    ],
    exactly(2, (args, site) => {
      const [a, b] = unify(args[0]!, args[1]!, site)
      refuseUnordered(a.type, site)
      return call('eq_null_safe', BOOLEAN, [a, b], { origin: site.origin })
    }),
    { collations: 'values' },
  ),
  typeof: helped(
    '(value)',
    'The name of its type.',
    [
      ['typeof(1)', 'int'],
      ['typeof(1.5)', 'decimal(2,1)'],
    ],
    exactly(1, ([value]) => literal(STRING, typeName(value!.type))),
    { collations: 'values', leavesLiterals: true },
  ),
})
