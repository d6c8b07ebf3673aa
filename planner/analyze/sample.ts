import { INT } from '../../columnar/types.js'
import type { ExprId } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { analyzeSort } from './sort.js'

type Sample = Extract<UnresolvedRelation, { kind: 'sample' }>

/** A part of the rows by chance. Numbers go by the place of a row, which is the same each time only if rows are in order. */
export function analyzeSample(node: Sample, rows: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  const { from, to, seed } = node
  return Object.freeze({ kind: 'sample', input: node.isOrdered ? ordered(node, rows, nextId) : rows, from, to, seed })
}

function ordered({ input }: Sample, rows: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  const shown = outputOf(rows).filter(({ isHidden }) => !isHidden)
  const orders = shown.map((_, i): UnresolvedExpression => ({ kind: 'literal', type: INT, value: i + 1 }))
  return analyzeSort({ kind: 'sort', input, orders }, () => rows, nextId)
}
