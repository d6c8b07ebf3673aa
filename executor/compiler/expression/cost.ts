import { shapeOf } from '../../../columnar/shape.js'
import type { Expression } from '../../../planner/plan/expression/expression.js'
import { LOGIC_FUNCTIONS } from '../../../planner/plan/expression/functions.js'

const CHEAP_CALLS: ReadonlySet<string> = new Set(LOGIC_FUNCTIONS)

const LARGEST_CHEAP_NODES = 16

/**
 * Whether an expression is a few instructions that cannot raise, so that evaluating it always costs less than a branch that
 * is often mispredicted: comparisons, null tests and logic over columns and literals that are not strings.
 */
export function isCheap(expression: Expression): boolean {
  return nodes(expression) <= LARGEST_CHEAP_NODES
}

/** The number of nodes, or infinity when one of them is not cheap. */
function nodes(expression: Expression): number {
  const shape = shapeOf(expression.type)
  if (shape === 'bytes' || shape === 'struct') return Number.POSITIVE_INFINITY
  switch (expression.kind) {
    case 'literal':
    case 'bound':
    case 'variable':
      return 1
    case 'call':
      return CHEAP_CALLS.has(expression.fn)
        ? expression.args.reduce((sum, arg) => sum + nodes(arg), 1)
        : Number.POSITIVE_INFINITY
    case 'attribute':
    case 'cast':
    case 'case':
    case 'in':
    case 'getField':
    case 'lambda':
      return Number.POSITIVE_INFINITY
  }
}
