import { BIGINT, type DataType, INTERVAL_DT, INTERVAL_YM } from '../../../../columnar/types.js'
import { call, literal } from '../../../plan/expression/build.js'
import type { Expression, Fold } from '../../../plan/expression/expression.js'
import { castInterval } from '../../interval-casts.js'
import { ARITHMETIC } from '../arithmetic.js'
import type { CallSite } from '../definition.js'
import type { AggregateSite } from './definition.js'
import { column, columnsOf, either, folded, isMissing } from './fold.js'

/* Sums and averages of intervals, which raise where a sum leaves its type. */

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

/** The sum divided by how many there are, half away from zero; of all fields of its family. */
export function intervalAverage(value: Expression, site: AggregateSite): Expression {
  const sum = intervalSum(wholeInterval(value, site), site)
  const count = site.of({ fn: 'count', args: [value], type: BIGINT, nullable: false })
  // Without values there is no sum, and nothing is divided by 0.
  return ARITHMETIC['/']!.build([sum, call('greatest', BIGINT, [count, literal(BIGINT, 1n)])], site)
}
