import { BIGINT, BOOLEAN, DOUBLE, INT } from '../../../columnar/types.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { CallText } from '../printing.js'
import { expectType, unify, unifyAll } from '../types/coercion.js'
import { buildCase } from './conditional.js'
import {
  between,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  instruction,
  kernel,
  kernelCall,
  operands,
  printedInCapitals,
} from './definition.js'

type Examples = readonly (readonly [sql: string, result: string])[]

/** A function of a double that a kernel computes. */
const ofDouble = (kernelName: string, meaning: string, ...examples: Examples): FunctionDefinition =>
  helped('(number)', meaning, examples, kernel(kernelName, DOUBLE, [DOUBLE]))

const asInstruction = (name: string, meaning: string, ...examples: Examples): FunctionDefinition =>
  helped('(number)', meaning, examples, instruction(name, DOUBLE, [DOUBLE]))

const ofTwo = (kernelName: string, usage: string, meaning: string, ...examples: Examples): FunctionDefinition =>
  helped(usage, meaning, examples, kernel(kernelName, DOUBLE, [DOUBLE, DOUBLE]))

/** NULL where a number is not greater than a bound; NaN is. */
function whereGreater(value: Expression, bound: number): { readonly when: Expression; readonly value: Expression } {
  return { when: call('le', BOOLEAN, [value, literal(DOUBLE, bound)]), value: literal(DOUBLE, null) }
}

/** A logarithm, which is NULL where there is none. */
const logarithm = (kernelName: string, meaning: string, bound: number, ...examples: Examples): FunctionDefinition =>
  helped(
    '(number)',
    `${meaning}; NULL for ${bound} and less.`,
    examples,
    exactly(1, (args, site) => {
      const [value] = operands([DOUBLE], args, [], site)
      return buildCase([whereGreater(value!, bound)], kernelCall(kernelName, DOUBLE, [value!], site), site)
    }),
  )

/** To a base, or with one argument the natural one. */
const logTo = (base: readonly Expression[]): FunctionDefinition['build'] =>
  function build(args, site) {
    const [to, value] = operands([DOUBLE, DOUBLE], [...base, ...args], [], site)
    const found = kernelCall('mathLogTo', DOUBLE, [to!, value!], site)
    return buildCase([whereGreater(to!, 0), whereGreater(value!, 0)], found, site)
  }

const log: FunctionDefinition = between(1, 2, (args, site) =>
  args.length === 1 ? MATH['ln']!.build(args, site) : logTo([])(args, site),
)

const scaled = (factor: number): FunctionDefinition =>
  exactly(1, (args, site) => {
    const [value] = operands([DOUBLE], args, [], site)
    return call('multiply', DOUBLE, [value!, literal(DOUBLE, factor)], { origin: site.origin })
  })

const constant = (value: number): FunctionDefinition => exactly(0, (_, site) => literal(DOUBLE, value, site.origin))

/** The factorials of more do not fit a bigint. */
const MOST_FACTORIAL = 20

const factorial: FunctionDefinition = exactly(1, ([arg], site) => {
  const value = expectType(arg!, INT, 0, site)
  const isBelow = call('lt', BOOLEAN, [value, literal(INT, 0)])
  const isBeyond = call('gt', BOOLEAN, [value, literal(INT, MOST_FACTORIAL)])
  const none = { when: call('or', BOOLEAN, [isBelow, isBeyond]), value: literal(BIGINT, null) }
  return buildCase([none], kernelCall('mathFactorial', BIGINT, [value], site), site)
})

const nullIfZero: FunctionDefinition = exactly(1, ([value], site) => {
  const [a, b] = unify(value!, literal(INT, 0), site)
  const isZero = call('eq', BOOLEAN, [a, b], { origin: site.origin })
  return buildCase([{ when: isZero, value: literal(value!.type, null) }], value!, site)
})

const power = ofTwo('mathPow', '(base, exponent)', 'A number to the power of another.', ['pow(2, 3)', '8.0'])

const logarithmText: CallText = (args, text) => (args.length === 1 ? `LOG(E(), ${text(args[0]!)})` : undefined)

/** Spark prints the names of most of them in capitals. */
const IN_CAPITALS: FunctionTable = {
  acos: ofDouble('mathAcos', 'The angle in radians with this cosine; NaN beyond -1 and 1.', ['acos(1)', '0.0']),
  acosh: ofDouble('mathAcosh', 'The inverse of `cosh`; NaN below 1.', ['acosh(1)', '0.0']),
  asin: ofDouble('mathAsin', 'The angle in radians with this sine; NaN beyond -1 and 1.', ['asin(0)', '0.0']),
  asinh: ofDouble('mathAsinh', 'The inverse of `sinh`.', ['asinh(1)', '0.881373587019543']),
  atan: ofDouble('mathAtan', 'The angle in radians with this tangent.', ['atan(1)', '0.7853981633974483']),
  atan2: ofTwo('mathAtan2', '(y, x)', 'The angle in radians of a point, seen from the origin.', [
    'atan2(1, 2)',
    '0.4636476090008061',
  ]),
  atanh: ofDouble('mathAtanh', 'The inverse of `tanh`; NaN beyond -1 and 1.', ['atanh(0.5)', '0.5493061443340548']),
  cbrt: ofDouble('mathCbrt', 'The cube root.', ['cbrt(27)', '3.0']),
  cos: ofDouble('mathCos', 'The cosine of an angle in radians.', ['cos(0)', '1.0']),
  cosh: ofDouble('mathCosh', 'The hyperbolic cosine.', ['cosh(1)', '1.543080634815244']),
  cot: ofDouble('mathCot', 'The cotangent of an angle in radians.', ['cot(1)', '0.6420926159343306']),
  csc: ofDouble('mathCsc', 'The cosecant of an angle in radians.', ['csc(1)', '1.1883951057781212']),
  degrees: helped('(radians)', 'An angle in degrees.', [['degrees(1)', '57.29577951308232']], scaled(180 / Math.PI)),
  e: helped('()', "Euler's number.", [['e()', '2.718281828459045']], constant(Math.E)),
  exp: ofDouble('mathExp', 'e to the power of a number.', ['exp(1)', '2.7182818284590455']),
  expm1: ofDouble('mathExpm1', 'The same less 1, exact near 0.', ['expm1(1)', '1.718281828459045']),
  hypot: ofTwo('mathHypot', '(a, b)', 'The root of the sum of both squares.', ['hypot(3, 4)', '5.0']),
  log: helped(
    '([base, ]number)',
    'The logarithm to a base, or the natural one; NULL for 0 and less.',
    [
      ['log(2, 8)', '3.0'],
      ['log(10)', '2.302585092994046'],
    ],
    log,
    { printed: { call: logarithmText } },
  ),
  log10: logarithm('mathLog10', 'The logarithm to base 10', 0, ['log10(2)', '0.3010299956639812']),
  log1p: logarithm('mathLog1p', 'The natural logarithm of 1 more than a number, exact near 0', -1, [
    'log1p(1)',
    '0.6931471805599453',
  ]),
  log2: helped(
    '(number)',
    'The logarithm to base 2; NULL for 0 and less.',
    [['log2(8)', '3.0']],
    exactly(1, logTo([literal(DOUBLE, 2)])),
  ),
  pi: helped(
    '()',
    'Half of the length of the circle with radius 1.',
    [['pi()', '3.141592653589793']],
    constant(Math.PI),
  ),
  power,
  radians: helped('(degrees)', 'An angle in radians.', [['radians(1)', '0.017453292519943295']], scaled(Math.PI / 180)),
  sec: ofDouble('mathSec', 'The secant of an angle in radians.', ['sec(1)', '1.8508157176809255']),
  sin: ofDouble('mathSin', 'The sine of an angle in radians.', ['sin(1)', '0.8414709848078965']),
  sinh: ofDouble('mathSinh', 'The hyperbolic sine.', ['sinh(1)', '1.1752011936438014']),
  sqrt: asInstruction(
    'f64.sqrt',
    'The square root; NaN below 0.',
    ['sqrt(2)', '1.4142135623730951'],
    ['sqrt(-1)', 'NaN'],
  ),
  tan: ofDouble('mathTan', 'The tangent of an angle in radians.', ['tan(1)', '1.5574077246549023']),
  tanh: ofDouble('mathTanh', 'The hyperbolic tangent.', ['tanh(1)', '0.7615941559557649']),
}

export const MATH: FunctionTable = collated('plain', {
  ...printedInCapitals(IN_CAPITALS),
  factorial: helped(
    '(number)',
    'The product of the whole numbers up to one; NULL below 0 and beyond 20.',
    [
      ['factorial(5)', '120'],
      ['factorial(21)', 'NULL'],
    ],
    factorial,
  ),
  ln: logarithm('mathLog', 'The natural logarithm', 0, ['ln(2)', '0.6931471805599453'], ['ln(0)', 'NULL']),
  nullifzero: helped(
    '(number)',
    'NULL for 0, and anything else as it is.',
    [
      ['nullifzero(0)', 'NULL'],
      ['nullifzero(5)', '5'],
    ],
    nullIfZero,
    { collations: 'values' },
  ),
  pow: power,
  rint: asInstruction('f64.nearest', 'The nearest whole number, of two as near the even one, as a double.', [
    'rint(2.5)',
    '2.0',
  ]),
  zeroifnull: helped(
    '(number)',
    '0 for NULL, and anything else as it is.',
    [['zeroifnull(NULL)', '0']],
    exactly(1, ([value], site) => {
      const values = unifyAll([value!, literal(INT, 0)], 'coalesce', site)
      return call('coalesce', values[0]!.type, values, { origin: site.origin })
    }),
  ),
})
