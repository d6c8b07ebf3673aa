import { BOOLEAN, DOUBLE } from '../../../../columnar/types.js'
import { call, literal } from '../../../plan/expression/build.js'
import type { Expression } from '../../../plan/expression/expression.js'
import { unexpectedType } from '../../types/coercion.js'
import { isNumeric } from '../../types/common-types.js'
import { type CallSite, collated, helped } from '../definition.js'
import { type AggregateDefinition, type AggregateSite, type AggregateTable, twoArguments } from './definition.js'
import { difference, double, either, folded, isEqual, isPresent, product, quotient } from './fold.js'
import { correlation, doubles, ifAny, powerSums, productSums } from './moments.js'
import { averageOf, countOf } from './sums.js'

/* Lines through pairs (y, x) in which neither is NULL, said with counts, averages and moments of these. */

const NOTHING = literal(DOUBLE, null)

const isPair = (args: readonly Expression[]): Expression => call('and', BOOLEAN, args.map(isPresent))

/** One side of the pairs. */
const ofPairs = (args: readonly Expression[], side: 0 | 1): Expression => either(isPair(args), args[side]!)

const squares = powerSums('regr_squares', 2, ([count, , sum]) => ifAny(count!, sum!))
const products = productSums('regr_sxy', ([count, , , sum]) => ifAny(count!, sum!))
const meanOfY = productSums('regr_mean_y', ([count, , mean]) => ifAny(count!, mean!))
const meanOfX = productSums('regr_mean_x', ([count, mean]) => ifAny(count!, mean!))
const determination = productSums('regr_r2', (state) => {
  const [, , , , ofY, ofX] = state
  const r = correlation(state)
  return either(isEqual(ofX!, double(0)), NOTHING, either(isEqual(ofY!, double(0)), double(1), product(r, r)))
})

type Pair = readonly [y: Expression, x: Expression]

/** Of the pairs as doubles. */
const ofDoubles = (build: (pair: Pair, site: AggregateSite) => Expression): AggregateDefinition =>
  twoArguments((args, site) => build(doubles(args, site) as unknown as Pair, site))

const squaresOf = (pair: Pair, side: 0 | 1, site: AggregateSite): Expression =>
  site.of(folded(squares, [ofPairs(pair, side)]))

/** How steep the line is, NULL where x never changes. */
function slopeOf(pair: Pair, site: AggregateSite): Expression {
  const spread = squaresOf(pair, 1, site)
  const [y, x] = pair
  return either(isEqual(spread, double(0)), NOTHING, quotient(site.of(folded(products, [x, y])), spread))
}

function interceptOf(pair: Pair, site: AggregateSite): Expression {
  const [y, x] = pair
  const [ofY, ofX] = [site.of(folded(meanOfY, [x, y])), site.of(folded(meanOfX, [x, y]))]
  return difference(ofY, product(slopeOf(pair, site), ofX))
}

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function numbers(args: readonly Expression[], site: CallSite): readonly Expression[] {
  args.forEach((arg, i) => {
    if (!isNumeric(arg.type) && arg.type.kind !== 'string' && arg.type.kind !== 'void')
      throw unexpectedType(arg, '"NUMERIC"', i, site)
  })
  return args
}

const average = (side: 0 | 1): AggregateDefinition =>
  twoArguments((args, site) => averageOf(ofPairs(numbers(args, site), side), site))

const PAIRS = 'from values (1, 10), (2, 20), (6, 30), (9, null) as t(y, x)'

export const REGRESSION: AggregateTable = collated('plain', {
  regr_count: helped(
    '(y, x)',
    'How many pairs have no NULL.',
    [[`regr_count(y, x) ${PAIRS}`, '3']],
    twoArguments((args, site) => countOf(numbers(args, site), site)),
  ),
  regr_avgx: helped(
    '(y, x)',
    'The average of x over pairs without a NULL.',
    [[`regr_avgx(y, x) ${PAIRS}`, '20.0']],
    average(1),
  ),
  regr_avgy: helped(
    '(y, x)',
    'The average of y over pairs without a NULL.',
    [[`regr_avgy(y, x) ${PAIRS}`, '3.0']],
    average(0),
  ),
  regr_sxx: helped(
    '(y, x)',
    'The sum of the squares of the distances of x from its average.',
    [[`regr_sxx(y, x) ${PAIRS}`, '200.0']],
    ofDoubles((pair, site) => squaresOf(pair, 1, site)),
  ),
  regr_syy: helped(
    '(y, x)',
    'The sum of the squares of the distances of y from its average.',
    [[`regr_syy(y, x) ${PAIRS}`, '14.0']],
    ofDoubles((pair, site) => squaresOf(pair, 0, site)),
  ),
  regr_sxy: helped(
    '(y, x)',
    'The sum of the products of the distances of both from their averages.',
    [[`regr_sxy(y, x) ${PAIRS}`, '50.0']],
    ofDoubles((pair, site) => site.of(folded(products, pair))),
  ),
  regr_slope: helped(
    '(y, x)',
    'How steep the line is that lies nearest to the pairs, NULL where x never changes.',
    [[`regr_slope(y, x) ${PAIRS}`, '0.25']],
    ofDoubles(slopeOf),
  ),
  regr_intercept: helped(
    '(y, x)',
    'Where the line that lies nearest to the pairs meets x = 0, NULL where x never changes.',
    [[`regr_intercept(y, x) ${PAIRS}`, '-2.0']],
    ofDoubles(interceptOf),
  ),
  regr_r2: helped(
    '(y, x)',
    'How much of the spread of y the line explains: from 0 to 1, NULL where x never changes.',
    [['regr_r2(y, x) from values (1, 10), (2, 20), (3, 30) as t(y, x)', '1.0']],
    ofDoubles((pair, site) => site.of(folded(determination, pair))),
  ),
})
