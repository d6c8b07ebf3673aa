import { BOOLEAN, type DataType, DOUBLE } from '../../../../columnar/types.js'
import { call, literal } from '../../../plan/expression/build.js'
import type { BoundReference, Expression, Fold, FoldColumn } from '../../../plan/expression/expression.js'
import type { ScalarFunction } from '../../../plan/expression/functions.js'
import type { AggregateShape } from './definition.js'

/*
 * What folds are written with: expressions over columns by position. A column of bytes is a place for a state that only kernels know (vectors, sketches):
 * no bytes at first. A kernel that changes them may do so where they lie and give the same bytes as its result, so that they are not copied for each row;
 * what a result is made of is copied before the next row comes.
 */

export const column = (ordinal: number, type: DataType, nullable = false): BoundReference =>
  Object.freeze({ kind: 'bound', ordinal, name: `c${ordinal}`, type, nullable })

/** The columns of a state, the first of which is at a position. */
export const columnsOf = (state: readonly FoldColumn[], first = 0): readonly BoundReference[] =>
  state.map(({ type, nullable }, i) => column(first + i, type, nullable))

/** The aggregate that a fold computes of some arguments. */
export const folded = (fold: Fold, args: readonly Expression[]): AggregateShape => ({
  fn: 'fold',
  fold,
  args,
  type: fold.result.type,
  nullable: fold.result.nullable,
})

const ofDoubles =
  (fn: ScalarFunction) =>
  (...operands: readonly Expression[]): Expression =>
    operands.reduce((left, right) => call(fn, DOUBLE, [left, right]))

export const sumOf = ofDoubles('add')
export const product = ofDoubles('multiply')
export const difference = ofDoubles('subtract')
/** The divisor is never 0. */
export const quotient = ofDoubles('divide')
export const double = (value: number): Expression => literal(DOUBLE, value)

/** A value where a condition holds, else another or NULL. */
export const either = (when: Expression, value: Expression, otherwise?: Expression): Expression =>
  Object.freeze({
    kind: 'case',
    branches: [{ when, value }],
    ...(otherwise ? { otherwise } : {}),
    type: value.type,
    nullable: value.nullable || (otherwise?.nullable ?? true),
  })

export const isEqual = (a: Expression, b: Expression): Expression => call('eq', BOOLEAN, [a, b])
export const isPresent = (e: Expression): Expression => call('is_not_null', BOOLEAN, [e])
export const isMissing = (e: Expression): Expression => call('is_null', BOOLEAN, [e])
