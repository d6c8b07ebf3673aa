import { reference } from '../plan/expression/build.js'
import type { Attribute, Call, Expression, ExprId } from '../plan/expression/expression.js'
import { canonicalText } from '../plan/expression/same.js'
import { transformUp } from '../plan/expression/transform.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { isOverOne, mapExpressions, withInput } from '../plan/logical/transform.js'
import { keepAll } from './names/visible.js'

/** A call that becomes a column below the relation whose expressions it is in. */
export interface ComputedCall {
  readonly call: Call
  readonly column: Attribute
}

/** What calls become columns, and how. */
export interface Computing {
  isComputed(e: Expression): e is Call
  columnOf(call: Call, id: ExprId): Attribute
  /** Before any is computed. */
  check(node: LogicalPlan): void
  /** The input with the columns. */
  attach(input: LogicalPlan, calls: readonly ComputedCall[]): LogicalPlan
  /** Of a relation without one input. */
  refused(node: LogicalPlan, call: Call): Error
}

/** The node over columns in place of calls, equal ones computed once; the same object when it has none. Its columns are as before. */
export function computedBelow(node: LogicalPlan, computing: Computing, nextId: () => ExprId): LogicalPlan {
  const calls = new Map<string, ComputedCall>()
  const replaced = mapExpressions(node, (e) =>
    transformUp(e, (part) => {
      if (!computing.isComputed(part)) return part
      const key = canonicalText(part)
      const known = calls.get(key) ?? { call: part, column: computing.columnOf(part, nextId()) }
      calls.set(key, known)
      return reference(known.column, part.origin)
    }),
  )
  const [first] = calls.values()
  if (!first) return node
  computing.check(node)
  if (!isOverOne(replaced)) throw computing.refused(node, first.call)
  const input = computing.attach(replaced.input, [...calls.values()])
  const over = withInput(replaced, input)
  const [before, after] = [outputOf(node), outputOf(over)]
  if (before.length === after.length) return over
  return Object.freeze({ kind: 'project', input: over, projections: keepAll(before) })
}
