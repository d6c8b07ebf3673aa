import type { ExprId } from '../../plan/expression/expression.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { ColumnShape } from '../../plan/unresolved/column-shape.js'
import { withFilledNulls, withoutNulls } from './nulls.js'
import { numericAggregates } from './numeric-aggregates.js'
import type { Over } from './over.js'
import { reconciled } from './reconciled.js'
import { withReplacedValues } from './replaced-values.js'
import { summaryOf } from './summary.js'

/** What a shape makes of a relation whose columns are known. @param analyze resolves relations over it */
export function analyzeByColumns(
  shape: ColumnShape,
  input: LogicalPlan,
  nextId: () => ExprId,
  analyze: (over: Over) => LogicalPlan,
): LogicalPlan {
  switch (shape.kind) {
    case 'dropNulls':
      return withoutNulls(shape, input)
    case 'fillNulls':
      return withFilledNulls(shape, input, nextId)
    case 'replaceValues':
      return withReplacedValues(shape, input, nextId)
    case 'reconciled':
      return reconciled(shape, input, nextId)
    case 'summary':
      return analyze({ plan: input, relation: summaryOf(shape, input) })
    case 'numericAggregates':
      return analyze({ plan: input, relation: numericAggregates(shape, input) })
  }
}
