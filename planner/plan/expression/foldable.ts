import { onceEach } from '../../../common/once-each.js'
import type { Call, Expression } from './expression.js'
import { childrenOf } from './transform.js'

/** Whether an expression gives the same for all rows: it reads no columns, which subqueries, aggregates and windows are in a plan, too, and draws nothing. */
export const isFoldable: (e: Expression) => boolean = onceEach(
  (e) => e.kind !== 'attribute' && e.kind !== 'bound' && !isDraw(e) && childrenOf(e).every(isFoldable),
)

/** Whether a call gives something else for each row, as `rand`. */
export const isDraw = (e: Expression): e is Call => e.kind === 'call' && e.routine?.by === 'draw'
