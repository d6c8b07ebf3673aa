import { DOUBLE } from '../../../../columnar/types.js'
import { routineCall } from '../../../plan/expression/build.js'
import type { Expression, Fold, FoldColumn } from '../../../plan/expression/expression.js'
import { castTo, expectType } from '../../types/coercion.js'
import { isNumeric } from '../../types/common-types.js'
import type { CallSite } from '../definition.js'
import { collated, helped } from '../definition.js'
import { type AggregateDefinition, type AggregateTable, oneArgument, twoArguments } from './definition.js'
import { columnsOf, difference, double, either, folded, isEqual, product, quotient, sumOf } from './fold.js'

/*
 * How far values are spread: sums of powers of the distances from the mean (or of products of two), kept right as values come and as states are
 * merged (Welford; Chan, Golub and LeVeque; Pébay), so that nothing large is taken from something as large. The order of the operations is Spark's,
 * for results that are the same to the last digit.
 */

const columns = (...names: readonly string[]): readonly FoldColumn[] =>
  names.map((name) => ({ name, type: DOUBLE, nullable: false }))

const squareRoot = (e: Expression): Expression =>
  routineCall({ by: 'instruction', name: 'f64.sqrt', label: 'sqrt' }, DOUBLE, [e], undefined)

type Moments = readonly Expression[]

/** The result of a fold over one column: of `count`, the mean and sums of distances to the powers of 2, 3 and 4, as many as are kept. */
export function powerSums(label: string, order: 2 | 3 | 4, resultOf: (state: Moments) => Expression): Fold {
  const state = columns('count', 'mean', 'squares', 'cubes', 'fourths').slice(0, order + 1)
  const own = columnsOf(state)
  const added = withValue(own, columnsOf(columns('value'), state.length)[0]!)
  const merged = withOther(own, columnsOf(state, state.length))
  return { label, state, added, merged, result: resultOf(own) }
}

function withValue(state: Moments, value: Expression): Moments {
  const [count, mean, squares, cubes, fourths] = state
  const newCount = sumOf(count!, double(1))
  const distance = difference(value, mean!)
  const share = quotient(distance, newCount)
  const newSquares = sumOf(squares!, product(distance, difference(distance, share)))
  const all = [newCount, sumOf(mean!, share), newSquares]
  if (!cubes) return all
  const [distance2, share2] = [product(distance, distance), product(share, share)]
  const newCubes = sumOf(
    difference(cubes, product(double(3), share, newSquares)),
    product(distance, difference(distance2, share2)),
  )
  if (!fourths) return [...all, newCubes]
  const newFourths = sumOf(
    difference(fourths, product(double(4), share, newCubes), product(double(6), share2, newSquares)),
    product(distance, difference(product(distance, distance2), product(share, share2))),
  )
  return [...all, newCubes, newFourths]
}

function withOther(own: Moments, other: Moments): Moments {
  const [count, mean, squares, cubes, fourths] = own
  const [count2, mean2, squares2, cubes2, fourths2] = other
  const both = sumOf(count!, count2!)
  const distance = difference(mean2!, mean!)
  const share = shareOf(distance, both)
  const newMean = sumOf(mean!, product(share, count2!))
  const newSquares = sumOf(squares!, squares2!, product(distance, share, count!, count2!))
  const all = [both, newMean, newSquares]
  if (!cubes) return all
  const newCubes = sumOf(
    cubes,
    cubes2!,
    product(share, share, distance, count!, count2!, difference(count!, count2!)),
    product(double(3), share, difference(product(count!, squares2!), product(count2!, squares!))),
  )
  if (!fourths) return [...all, newCubes]
  const counts = sumOf(difference(product(count!, count!), product(count!, count2!)), product(count2!, count2!))
  const newFourths = sumOf(
    fourths,
    fourths2!,
    product(share, share, share, distance, count!, count2!, counts),
    product(double(6), share, share, sumOf(product(count!, count!, squares2!), product(count2!, count2!, squares!))),
    product(double(4), share, difference(product(count!, cubes2!), product(count2!, cubes!))),
  )
  return [...all, newCubes, newFourths]
}

const shareOf = (distance: Expression, count: Expression): Expression =>
  either(isEqual(count, double(0)), double(0), quotient(distance, count))

/** Of two columns: `count`, both means, the sum of products of their distances, and those of the squares of each. */
export function productSums(label: string, resultOf: (state: Moments) => Expression): Fold {
  const state = columns('count', 'mean', 'otherMean', 'products', 'squares', 'otherSquares')
  const own = columnsOf(state)
  const [count, mean, mean2, products, squares, squares2] = own as readonly Expression[]
  const [value, value2] = columnsOf(columns('value', 'otherValue'), state.length)
  const newCount = sumOf(count!, double(1))
  const [distance, distance2] = [difference(value!, mean!), difference(value2!, mean2!)]
  const [newMean, newMean2] = [sumOf(mean!, quotient(distance, newCount)), sumOf(mean2!, quotient(distance2, newCount))]
  const added = [
    newCount,
    newMean,
    newMean2,
    sumOf(products!, product(distance, difference(value2!, newMean2))),
    sumOf(squares!, product(distance, difference(value!, newMean))),
    sumOf(squares2!, product(distance2, difference(value2!, newMean2))),
  ]
  return { label, state, added, merged: withOtherPairs(own, columnsOf(state, state.length)), result: resultOf(own) }
}

function withOtherPairs(own: Moments, other: Moments): Moments {
  const [count, mean, mean2, products, squares, squares2] = own
  const [count_, mean_, mean2_, products_, squares_, squares2_] = other
  const both = sumOf(count!, count_!)
  const [distance, distance2] = [difference(mean_!, mean!), difference(mean2_!, mean2!)]
  const [share, share2] = [shareOf(distance, both), shareOf(distance2, both)]
  return [
    both,
    sumOf(mean!, product(share, count_!)),
    sumOf(mean2!, product(share2, count_!)),
    sumOf(products!, products_!, product(distance, share2, count!, count_!)),
    sumOf(squares!, squares_!, product(distance, share, count!, count_!)),
    sumOf(squares2!, squares2_!, product(distance2, share2, count!, count_!)),
  ]
}

/** NULL without rows. */
export const ifAny = (count: Expression, value: Expression): Expression =>
  either(isEqual(count, double(0)), literalNull, value)

const literalNull: Expression = Object.freeze({ kind: 'literal', type: DOUBLE, value: null, nullable: true })

/** What is told of a sample has one degree of freedom less, and nothing to tell of a single row. */
const ofSample = (count: Expression, sum: Expression): Expression =>
  ifAny(count, either(isEqual(count, double(1)), literalNull, quotient(sum, difference(count, double(1)))))
const ofAll = (count: Expression, sum: Expression): Expression => ifAny(count, quotient(sum, count))

/** The arguments as doubles. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export const doubles = (args: readonly Expression[], site: CallSite): readonly Expression[] =>
  args.map((value, i) => (isNumeric(value.type) ? castTo(value, DOUBLE) : expectType(value, DOUBLE, i, site)))

const oneOf = (fold: Fold): AggregateDefinition =>
  oneArgument((args, site) => site.of(folded(fold, doubles(args, site))))
const twoOf = (fold: Fold): AggregateDefinition =>
  twoArguments((args, site) => site.of(folded(fold, doubles(args, site))))

const variance = (label: string, ofSquares: typeof ofAll): AggregateDefinition =>
  oneOf(powerSums(label, 2, ([count, , squares]) => ofSquares(count!, squares!)))
const deviation = (label: string, ofSquares: typeof ofAll): AggregateDefinition =>
  oneOf(powerSums(label, 2, ([count, , squares]) => squareRoot(ofSquares(count!, squares!))))
const covariance = (label: string, ofProducts: typeof ofAll): AggregateDefinition =>
  twoOf(productSums(label, ([count, , , products]) => ofProducts(count!, products!)))

/** NULL where one of both never changes. */
export const correlation = ([count, , , products, squares, squares2]: Moments): Expression => {
  const spread = squareRoot(product(squares!, squares2!))
  return ifAny(count!, either(isEqual(spread, double(0)), literalNull, quotient(products!, spread)))
}

/** NULL where all values are the same. */
const ofUnequal = ([count, , squares]: Moments, value: Expression): Expression =>
  ifAny(count!, either(isEqual(squares!, double(0)), literalNull, value))

const skewness = powerSums('skewness', 3, (state) => {
  const [count, , squares, cubes] = state
  const root = squareRoot(product(squares!, squares!, squares!))
  return ofUnequal(state, quotient(product(squareRoot(count!), cubes!), root))
})

const kurtosis = powerSums('kurtosis', 4, (state) => {
  const [count, , squares, , fourths] = state
  return ofUnequal(state, difference(quotient(product(count!, fourths!), product(squares!, squares!)), double(3)))
})

const varSamp = helped(
  '(number)',
  'The variance of a sample, NULL of a single value.',
  [['var_samp(a) from values (1), (2), (3) as t(a)', '1.0']],
  variance('var_samp', ofSample),
)
const stddevSamp = helped(
  '(number)',
  'The standard deviation of a sample, NULL of a single value.',
  [['stddev_samp(a) from values (1), (2), (3) as t(a)', '1.0']],
  deviation('stddev_samp', ofSample),
)

export const MOMENTS: AggregateTable = collated('plain', {
  var_pop: helped(
    '(number)',
    'The variance of all values.',
    [['var_pop(a) from values (1), (3) as t(a)', '1.0']],
    variance('var_pop', ofAll),
  ),
  var_samp: varSamp,
  variance: varSamp,
  stddev_pop: helped(
    '(number)',
    'The standard deviation of all values.',
    [['stddev_pop(a) from values (1), (3) as t(a)', '1.0']],
    deviation('stddev_pop', ofAll),
  ),
  stddev_samp: stddevSamp,
  stddev: stddevSamp,
  std: stddevSamp,
  covar_pop: helped(
    '(a, b)',
    'The covariance of pairs without a NULL.',
    [['covar_pop(a, b) from values (1, 1), (3, 5) as t(a, b)', '2.0']],
    covariance('covar_pop', ofAll),
  ),
  covar_samp: helped(
    '(a, b)',
    'The covariance of a sample of pairs without a NULL.',
    [['covar_samp(a, b) from values (1, 1), (3, 5) as t(a, b)', '4.0']],
    covariance('covar_samp', ofSample),
  ),
  corr: helped(
    '(a, b)',
    'How closely pairs without a NULL lie to a line: from -1 to 1, NULL where one of both never changes.',
    [['corr(a, b) from values (1, 2), (2, 4), (3, 6) as t(a, b)', '1.0']],
    twoOf(productSums('corr', correlation)),
  ),
  skewness: helped(
    '(number)',
    'How far values lean to one side of their mean, NULL where all are the same.',
    [['skewness(a) from values (1), (1), (4) as t(a)', '0.7071067811865476']],
    oneOf(skewness),
  ),
  kurtosis: helped(
    '(number)',
    'How much of the spread comes from values far from the mean, compared with a normal distribution; NULL where all are the same.',
    [['kurtosis(a) from values (1), (2), (3), (10) as t(a)', '-0.7696000000000001']],
    oneOf(kurtosis),
  ),
})
