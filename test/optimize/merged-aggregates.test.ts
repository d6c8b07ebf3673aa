import test from 'ava'
import { BIGINT, DOUBLE, decimal, INT } from '../../columnar/types.js'
import { isMergeable, mergedBy, resultOf } from '../../planner/optimize/merged-aggregates.js'
import type { AggregateCall, Expression, ExprId } from '../../planner/plan/expression/expression.js'

const column = (type: Expression['type']): Expression =>
  ({ kind: 'attribute', id: 1 as ExprId, name: 'v', type, nullable: true }) as Expression
const cast = (child: Expression): Expression => ({ kind: 'cast', child, type: BIGINT, nullable: true }) as Expression
const callOf = (fn: AggregateCall['fn'], args: readonly Expression[], more: Partial<AggregateCall> = {}) =>
  ({ id: 2 as ExprId, name: 'a', fn, args, type: BIGINT, nullable: true, distinct: false, ...more }) as AggregateCall

test('of groups sums are merged that are exact in any order and have room, and no values that count once', (t) => {
  const ints = [cast(column(INT))]
  t.true(['count', 'min', 'max', 'sum'].every((fn) => isMergeable(callOf(fn as AggregateCall['fn'], ints))))
  t.false(isMergeable(callOf('avg', ints)))
  t.false(isMergeable(callOf('count', ints, { distinct: true })))
  t.false(isMergeable(callOf('max', ints, { filter: column(INT) })))
  t.true(isMergeable(callOf('sum', [column(decimal(10, 2))])))
  for (const added of [column(decimal(38, 2)), column(DOUBLE), column(BIGINT), cast(column(BIGINT))])
    t.false(isMergeable(callOf('sum', [added])))
})

test('where no group is joined a count of rows is one, one of values none, and of no groups none', (t) => {
  const value = column(BIGINT)
  const otherwise = (args: readonly Expression[]): unknown => {
    const { fn, args: merged } = mergedBy(callOf('count', args), value, 3 as ExprId)
    t.is(fn, 'sum')
    const [orElse] = merged
    return orElse?.kind === 'call' && orElse.args[1]?.kind === 'literal' ? orElse.args[1].value : undefined
  }
  t.is(otherwise([]), 1n)
  t.is(otherwise([column(INT)]), 0n)
  const least = mergedBy(callOf('min', [column(INT)]), value, 3 as ExprId)
  t.like(least, { fn: 'min', id: 3, args: [value] })
  t.like(resultOf(callOf('count', []), least), { id: 2, name: 'a', expression: { kind: 'call', fn: 'coalesce' } })
  t.like(resultOf(callOf('min', []), least), { id: 2, expression: { kind: 'attribute', id: 3 } })
})
