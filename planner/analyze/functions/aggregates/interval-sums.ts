import { BIGINT, type DataType, INTERVAL_DT, INTERVAL_YM } from '../../../../columnar/types.js'
import { attempt, call, literal } from '../../../plan/expression/build.js'
import type { Expression, Fold } from '../../../plan/expression/expression.js'
import { castInterval } from '../../types/interval-casts.js'
import { ARITHMETIC } from '../arithmetic.js'
import type { CallSite } from '../definition.js'
import type { AggregateSite } from './definition.js'
import { failingSum } from './failing-sum.js'
import { column, columnsOf, either, folded, isMissing } from './fold.js'

/* Sums and averages of intervals, which raise where a sum leaves its type, or are NULL. */

function sums(type: DataType, site: CallSite): Fold {
  const state = [{ name: 'sum', type, nullable: true }]
  const [sum] = columnsOf(state)
  const plus = ARITHMETIC['+']!
  const value = column(state.length, type)
  const other = column(state.length, type, true)
  return {
    label: site.name,
    state,
    added: [either(isMissing(sum!), value, plus.build([sum!, value], site))],
    merged: [either(isMissing(other), sum!, either(isMissing(sum!), other, plus.build([sum!, other], site)))],
    result: sum!,
  }
}

export const intervalSum = (value: Expression, site: AggregateSite): Expression =>
  site.of(folded(sums(value.type, site), [value]))

/** An interval of all fields of its family. */
export const wholeInterval = (value: Expression, { origin }: AggregateSite): Expression =>
  castInterval(value, value.type.kind === 'interval_ym' ? INTERVAL_YM : INTERVAL_DT, 'ansi', origin)

export const triedIntervalSum = (value: Expression, site: AggregateSite): Expression => {
  const plus = (a: Expression, b: Expression): Expression => attempt(ARITHMETIC['+']!.build([a, b], site))
  return site.of(folded(failingSum(site.name, value.type, plus), [value]))
}

export const intervalAverage = (value: Expression, site: AggregateSite): Expression =>
  averageOf(value, intervalSum(wholeInterval(value, site), site), site)

export const triedIntervalAverage = (value: Expression, site: AggregateSite): Expression =>
  averageOf(value, triedIntervalSum(wholeInterval(value, site), site), site)

/** The sum divided by how many there are, half away from zero; of all fields of its family. */
function averageOf(value: Expression, sum: Expression, site: AggregateSite): Expression {
  const count = site.of({ fn: 'count', args: [value], type: BIGINT, nullable: false })
  // Without values there is no sum, and nothing is divided by 0.
  return ARITHMETIC['/']!.build([sum, call('greatest', BIGINT, [count, literal(BIGINT, 1n)])], site)
}
