import { BINARY, type DataType } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Expression, Fold } from '../../../plan/expression/expression.js'
import { helped } from '../definition.js'
import type { AggregateDefinition, AggregateSite, AggregateTable } from './definition.js'
import { column, folded } from './fold.js'
import { addedItem, checkItems, countOf, itemsFound, limitedItems, mostSlots, sketchState } from './frequent-parts.js'
import { changed } from './sketches.js'

/* The most frequent values, by the sketch that Spark takes. */

/** How many items there are at most, checked in Spark's order. @throws APPROX_TOP_K_* */
function trackedItems(given: Expression | undefined, k: number, site: AggregateSite): number {
  const tracked = limitedItems(given, 2, site)
  if (tracked >= k) return tracked
  const parameters = { maxItemsTracked: String(tracked), k: String(k) }
  throw new MillraceError('APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K', parameters, { origin: site.origin })
}

/** The fold of a sketch of values. */
export function sketchOf(type: DataType, tracked: number, site: AggregateSite): Omit<Fold, 'result'> {
  const most = mostSlots(tracked)
  return {
    label: site.name,
    state: [sketchState],
    added: [addedItem(type, most, site)],
    merged: [changed('frequentMerged', [column(1, BINARY), most], site)],
    takesNull: true,
    isOrdered: true,
  }
}

const approxTopK: AggregateDefinition = {
  minArgs: 1,
  maxArgs: 3,
  build: ([value, items, given], site) => {
    const { type } = value!
    checkItems(type, site)
    const k = countOf(items, site)
    const tracked = trackedItems(given, k, site)
    const result = itemsFound(column(0, BINARY), k, mostSlots(tracked), type, site)
    return site.of(folded({ ...sketchOf(type, tracked, site), result }, [value!]))
  },
}

export const FREQUENT_ITEMS: AggregateTable = {
  approx_top_k: helped(
    '(value[, k[, maxItemsTracked]])',
    'The `k` values that are there most often, 5 unless told, with about how often, by the sketch that Spark takes: exact as long as there are no more different values than are tracked, 10000 unless told.',
    [['approx_top_k(a, 2) from values (1), (2), (2), (3), (3), (3) as t(a)', '[{3, 3}, {2, 2}]']],
    approxTopK,
    { printed: { defaults: { count: 3, last: ['5', '10000'] } } },
  ),
}
