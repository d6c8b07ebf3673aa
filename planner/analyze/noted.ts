import type { ExprId } from '../plan/expression/expression.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { Noted } from '../plan/unresolved/noted.js'
import { analyzeObserve } from './observe.js'
import type { Surroundings } from './select.js'
import { analyzeWatermark } from './watermark.js'

/** Rows of which something is noted on the way. */
export const analyzeNoted = (
  node: Noted,
  input: LogicalPlan,
  nextId: () => ExprId,
  surroundings: Surroundings,
): LogicalPlan =>
  node.kind === 'observe' ? analyzeObserve(node, input, nextId, surroundings) : analyzeWatermark(node, input)
