import type { AggregateCall, Expression } from '../../../planner/plan/expression/expression.js'
import { canonicalText } from '../../../planner/plan/expression/same.js'
import { childrenOf } from '../../../planner/plan/expression/transform.js'
import { isCheap } from './cost.js'
import type { Scope } from './scope.js'

/** More shared expressions than this are not worth their locals. */
const MOST_SHARED = 64

/**
 * Computes what several pieces of a list have in common, before these are computed in functions of their own: parsing a text as JSON
 * for hundreds of columns is done once.
 */
export function computeShared(scope: Scope, pieces: readonly (readonly Expression[])[]): void {
  if (pieces.length < 2) return
  const uses = new Map<string, { readonly expression: Expression; last: number; pieces: number }>()
  const columns = pieces.map((expressions, piece) => {
    const ordinals = new Set<number>()
    for (const e of expressions) {
      visitCertain(e, (node) => {
        if (node.kind === 'bound') ordinals.add(node.ordinal)
        if (node.kind === 'bound' || node.kind === 'literal' || isCheap(node)) return
        const text = canonicalText(node)
        const use = uses.get(text)
        if (!use) uses.set(text, { expression: node, last: piece, pieces: 1 })
        else if (use.last !== piece) {
          use.last = piece
          use.pieces++
        }
      })
    }
    return [...ordinals]
  })
  scope.computeShared(columns)
  const shared = [...uses.values()].filter((use) => use.pieces > 1)
  for (const { expression } of shared.toSorted((a, b) => b.pieces - a.pieces).slice(0, MOST_SHARED)) {
    scope.value(expression)
  }
}

/** What of an aggregate is evaluated for every row. */
export const certainOf = ({ args, filter }: AggregateCall): readonly Expression[] => (filter ? [filter] : args)

/** Visits an expression and those of its operands that are evaluated whenever it is; a lambda is evaluated for elements. */
function visitCertain(e: Expression, visit: (e: Expression) => void): void {
  if (e.kind === 'lambda') return
  visit(e)
  const isLazy = e.kind === 'case' || (e.kind === 'call' && (e.fn === 'and' || e.fn === 'or' || e.fn === 'coalesce'))
  const operands = childrenOf(e)
  for (const operand of isLazy ? operands.slice(0, 1) : operands) visitCertain(operand, visit)
}
