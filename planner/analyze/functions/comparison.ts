import { BOOLEAN, quotedTypeName, sameType } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import { filledAlike } from '../filled-texts.js'
import { isLenient } from '../session.js'
import { castTo, exactType, expectType, unify } from '../types/coercion.js'
import { isNumeric } from '../types/common-types.js'
import { refuseUnordered } from '../types/orderable.js'
import {
  between,
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
} from './definition.js'

function comparison(fn: ScalarFunction): FunctionDefinition {
  return exactly(2, (args, site) => {
    const [left, right] = comparedOperands(fn, filledAlike(args), site)
    const bothNull = left.type.kind === 'void'
    const [a, b] = bothNull ? [castTo(left, BOOLEAN), castTo(right, BOOLEAN)] : [left, right]
    refuseUnordered(a.type, site)
    return call(fn, BOOLEAN, [a, b], { origin: site.origin })
  })
}

const EQUALITIES: ReadonlySet<ScalarFunction> = new Set(['eq', 'ne', 'eq_null_safe'])

/** Outside of ANSI mode a boolean equals the numbers 1 and 0. */
function comparedOperands(fn: ScalarFunction, args: readonly Expression[], site: CallSite): [Expression, Expression] {
  const [a, b] = [args[0]!, args[1]!]
  if (!isLenient() || !EQUALITIES.has(fn)) return unify(a, b, site)
  if (a.type.kind === 'boolean' && isNumeric(b.type)) return [castTo(a, b.type), b]
  return b.type.kind === 'boolean' && isNumeric(a.type) ? [a, castTo(b, a.type)] : unify(a, b, site)
}

/** A chain of the same connective becomes one call. */
function connective(fn: 'and' | 'or'): FunctionDefinition {
  return between(2, Number.POSITIVE_INFINITY, (args, site) => {
    const operands = args.map((arg, i) => {
      if (!canBeBoolean(arg)) throw noBoolean(args, i, site)
      return expectType(arg, BOOLEAN, i, site)
    })
    const flat = operands.flatMap((arg) => (arg.kind === 'call' && arg.fn === fn ? arg.args : [arg]))
    return call(fn, BOOLEAN, flat, { origin: site.origin })
  })
}

const canBeBoolean = ({ type: { kind } }: Expression): boolean =>
  kind === 'boolean' || kind === 'void' || (kind === 'string' && !isLenient())

/** An operand that is no boolean, told with the one beside it; what stands left in a longer chain is a boolean. */
function noBoolean(args: readonly Expression[], i: number, site: CallSite): MillraceError {
  const [left, right] = i > 1 ? [BOOLEAN, args[i]!.type] : [args[0]!.type, args[1]!.type]
  const options = { origin: site.origin }
  if (sameType(left, right)) {
    const parameters = { sqlExpr: site.sql, inputType: '"BOOLEAN"', actualDataType: quotedTypeName(left) }
    return new MillraceError('DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE', parameters, options)
  }
  const parameters = { sqlExpr: site.sql, left: quotedTypeName(left), right: quotedTypeName(right) }
  return new MillraceError('DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES', parameters, options)
}

function nullTest(fn: 'is_null' | 'is_not_null', args: readonly Expression[], site: CallSite): Expression {
  return call(fn, BOOLEAN, [args[0]!], { origin: site.origin })
}

const equal: FunctionDefinition = comparison('eq')
const notEqual: FunctionDefinition = comparison('ne')

export const COMPARISON: FunctionTable = collated('values', {
  '=': equal,
  '==': equal,
  '!=': notEqual,
  '<>': notEqual,
  '<': comparison('lt'),
  '<=': comparison('le'),
  '>': comparison('gt'),
  '>=': comparison('ge'),
  '<=>': comparison('eq_null_safe'),
  between: helped(
    'value BETWEEN low AND high',
    'Whether a value is at least the one and at most the other.',
    [['2 between 1 and 3', 'true']],
    exactly(3, ([value, low, high], site) => {
      const bounds = [comparison('ge').build([value!, low!], site), comparison('le').build([value!, high!], site)]
      return call('and', BOOLEAN, bounds, { origin: site.origin })
    }),
  ),
  and: helped(
    'a AND b',
    'Whether both are true.',
    [
      ['true and NULL', 'NULL'],
      ['false and NULL', 'false'],
    ],
    connective('and'),
    { collations: 'plain' },
  ),
  or: helped(
    'a OR b',
    'Whether one of both is true.',
    [
      ['true or NULL', 'true'],
      ['false or NULL', 'NULL'],
    ],
    connective('or'),
    { collations: 'plain' },
  ),
  not: helped(
    'NOT a',
    'Whether it is false.',
    [
      ['not true', 'false'],
      ['not NULL', 'NULL'],
    ],
    exactly(1, (args, site) => call('not', BOOLEAN, [expectType(args[0]!, BOOLEAN, 0, site)], { origin: site.origin })),
    { collations: 'plain', printed: { call: ([a], text) => `(NOT ${text(a!)})` } },
  ),
  isnull: helped(
    '(value)',
    'Whether it is NULL.',
    [['isnull(1)', 'false']],
    exactly(1, (args, site) => nullTest('is_null', args, site)),
    { printed: { call: ([a], text) => `(${text(a!)} IS NULL)` } },
  ),
  isnotnull: helped(
    '(value)',
    'Whether it is not NULL.',
    [['isnotnull(1)', 'true']],
    exactly(1, (args, site) => nullTest('is_not_null', args, site)),
    { printed: { call: ([a], text) => `(${text(a!)} IS NOT NULL)` } },
  ),
  'is unknown': {
    ...exactly(1, ([value], site) => nullTest('is_null', [exactType(value!, BOOLEAN, 0, site)], site)),
    printed: { call: ([a], text) => `(${text(a!)} IS NULL)` },
  },
  'is not unknown': {
    ...exactly(1, ([value], site) => nullTest('is_not_null', [exactType(value!, BOOLEAN, 0, site)], site)),
    printed: { call: ([a], text) => `(${text(a!)} IS NOT NULL)` },
  },
})
