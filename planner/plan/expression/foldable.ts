import { onceEach } from '../../../common/once-each.js'
import type { Expression } from './expression.js'
import { childrenOf } from './transform.js'

/**
 * Whether an expression gives the same for all rows: it reads no columns, which subqueries, aggregates and windows are in a plan, too. All functions give the
 * same for the same operands; one that does not, as a random number, is to be told apart here.
 */
export const isFoldable: (e: Expression) => boolean = onceEach(
  (e) => e.kind !== 'attribute' && e.kind !== 'bound' && childrenOf(e).every(isFoldable),
)
