import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { ColumnShape } from '../../plan/unresolved/column-shape.js'
import { isNumeric } from '../types/common-types.js'
import { called } from './columns.js'
import type { Over } from './over.js'

/** An aggregate of each column of numbers that is no key. */
export function numericAggregates(
  { name, keys, groupBy, sets }: Extract<ColumnShape, { kind: 'numericAggregates' }>,
  plan: LogicalPlan,
): Over['relation'] {
  const grouped = new Set(groupBy.flatMap((key) => (key.kind === 'attribute' ? [key.parts.at(-1)!.toLowerCase()] : [])))
  const aggregates = outputOf(plan)
    .filter((column) => isNumeric(column.type) && !grouped.has(column.name.toLowerCase()))
    .map((column) => called(name, { kind: 'attribute', parts: [column.name] }))
  return (input) => ({
    kind: 'aggregate',
    input,
    groupBy,
    ...(sets ? { sets } : {}),
    output: [...keys, ...aggregates],
  })
}
