import { reference } from '../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { canonicalText } from '../plan/expression/same.js'
import { attributeOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { resolveExpression } from './expressions.js'
import { isOfGroup } from './grouping/of-group.js'
import type { Clause } from './misplaced.js'
import { lookUp, type Scope } from './names/scope.js'
import type { OpenSelect } from './select.js'
import { hasSubquery, someNode } from './unresolved-nodes.js'

/**
 * Resolves expressions that stand over a select and may reach beyond its list: a column of the list, or anything below it. What is not in the
 * list is computed beside it and dropped above.
 */
export class BeyondSelect {
  readonly shown: readonly Attribute[]
  readonly #select: OpenSelect
  readonly #clause: Clause
  readonly #scope: Scope
  readonly #nextId: () => ExprId
  readonly #hidden: NamedExpression[] = []

  constructor(select: OpenSelect, clause: Clause, nextId: () => ExprId) {
    this.shown = select.projections.map(attributeOf)
    this.#select = select
    this.#clause = clause
    this.#scope = { attributes: this.shown, ambiguousIsUnknown: clause === 'ORDER BY' }
    this.#nextId = nextId
  }

  resolve(e: UnresolvedExpression): Expression {
    if (isOfOutput(e, this.#scope)) return resolveExpression(e, { scope: this.#scope, clause: this.#clause, whole: e })
    const below = this.#select.resolveBelow(e)
    const text = canonicalText(below)
    const { projections, unseen } = this.#select
    const existing = [...projections, ...unseen, ...this.#hidden].find(
      ({ expression }) => canonicalText(expression) === text,
    )
    if (existing) return reference(attributeOf(existing), e.origin)
    const id = below.kind === 'attribute' ? below.id : this.#nextId()
    const added: NamedExpression = Object.freeze({ id, name: '_hidden', expression: below })
    this.#hidden.push(added)
    return reference(attributeOf(added), e.origin)
  }

  /** The select with the relation over it that the resolved expressions are for. */
  close(over: (projected: LogicalPlan) => LogicalPlan): LogicalPlan {
    const { projections, unseen, base } = this.#select
    const all = [...projections, ...unseen]
    const plan = over(Object.freeze({ kind: 'project', input: base(), projections: [...all, ...this.#hidden] }))
    if (this.#hidden.length === 0) return plan
    const kept = all.map((named) => Object.freeze({ ...named, expression: reference(attributeOf(named)) }))
    return Object.freeze({ kind: 'project', input: plan, projections: kept })
  }
}

/** Whether every name of the expression is a column of the select list (and no aggregate has to be computed below). */
function isOfOutput(e: UnresolvedExpression, output: Scope): boolean {
  const isForeign = (node: UnresolvedExpression): boolean =>
    isOfGroup(node) || (node.kind === 'attribute' && lookUp(output, node) === undefined)
  return !hasSubquery(e) && !someNode(e, isForeign)
}
