import { estimateRows, unfilteredRows } from '../../physical/estimate.js'
import { conjunction, conjuncts, reference } from '../../plan/expression/build.js'
import type { Expression, ExprId } from '../../plan/expression/expression.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { mapInputs } from '../../plan/logical/transform.js'
import type { Rule } from '../rule.js'

/**
 * Orders inner joins by size: the largest relation streams through, and the tables that hang on it are built, after they have been reduced by
 * those that hang on them. A product of unconnected relations is made only when there is no other way.
 */
export const reorderJoins: Rule = {
  name: 'reorder joins',
  apply: reorder,
}

function reorder(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'join' || plan.type !== 'inner' || plan.hint) return mapInputs(plan, reorder)
  const { relations, conditions } = flatten(plan)
  const inputs = relations.map(reorder)
  if (inputs.length < 3) return mapInputs(plan, reorder)
  const input = ordered(inputs, conditions)
  const projections = outputOf(plan).map((a) => Object.freeze({ id: a.id, name: a.name, expression: reference(a) }))
  return Object.freeze({ kind: 'project', input, projections })
}

interface Flat {
  readonly relations: readonly LogicalPlan[]
  readonly conditions: readonly Expression[]
}

function flatten(plan: LogicalPlan): Flat {
  if (plan.kind !== 'join' || plan.type !== 'inner' || plan.hint) return { relations: [plan], conditions: [] }
  const [left, right] = [flatten(plan.left), flatten(plan.right)]
  return {
    relations: [...left.relations, ...right.relations],
    conditions: [...left.conditions, ...right.conditions, ...(plan.condition ? conjuncts(plan.condition) : [])],
  }
}

const idsOf = (plan: LogicalPlan): ReadonlySet<ExprId> => new Set(outputOf(plan).map((a) => a.id))

/** The relations as a tree of joins from the largest one down; what is connected to nothing comes last. */
function ordered(relations: readonly LogicalPlan[], conditions: readonly Expression[]): LogicalPlan {
  const bySize = relations.toSorted((a, b) => estimateRows(b) - estimateRows(a))
  const builder = new TreeBuilder(bySize, conditions)
  let joined = builder.joinWithChildren(bySize[0]!)
  for (const rest of bySize) if (!builder.isPlaced(rest)) joined = builder.join(joined, builder.joinWithChildren(rest))
  const condition = conjunction(builder.pending)
  return condition ? Object.freeze({ kind: 'filter', input: joined, condition }) : joined
}

class TreeBuilder {
  pending: readonly Expression[]
  readonly #relations: readonly LogicalPlan[]
  readonly #conditions: readonly Expression[]
  readonly #placed = new Set<LogicalPlan>()

  constructor(relations: readonly LogicalPlan[], conditions: readonly Expression[]) {
    this.#relations = relations
    this.#conditions = conditions
    this.pending = conditions
  }

  isPlaced(relation: LogicalPlan): boolean {
    return this.#placed.has(relation)
  }

  /**
   * A relation joined with all that hang on it, each of these first with what hangs on it in turn: dimensions shrink each other before
   * they are built, and the most selective one is probed first.
   */
  joinWithChildren(relation: LogicalPlan): LogicalPlan {
    this.#placed.add(relation)
    const children = this.#relations.filter((other) => !this.isPlaced(other) && this.#areConnected(relation, other))
    for (const child of children) this.#placed.add(child)
    const built = children.map((child) => this.joinWithChildren(child))
    return built
      .toSorted((a, b) => keptShare(a) - keptShare(b))
      .reduce((joined, child) => this.join(joined, child), relation)
  }

  /** Two relations with every condition that can be decided once they are together. */
  join(left: LogicalPlan, right: LogicalPlan): LogicalPlan {
    const ids = new Set([...idsOf(left), ...idsOf(right)])
    const used = this.pending.filter((c) => [...referencesOf(c)].every((id) => ids.has(id)))
    this.pending = this.pending.filter((c) => !used.includes(c))
    const condition = conjunction(used)
    return Object.freeze({ kind: 'join', type: 'inner', left, right, ...(condition ? { condition } : {}) })
  }

  #areConnected(a: LogicalPlan, b: LogicalPlan): boolean {
    const [left, right] = [idsOf(a), idsOf(b)]
    return this.#conditions.some((c) => {
      const used = [...referencesOf(c)]
      const both = used.some((id) => left.has(id)) && used.some((id) => right.has(id))
      return both && used.every((id) => left.has(id) || right.has(id))
    })
  }
}

/** How much of its largest relation a join keeps: a stand-in for how many rows a probe of it lets through. */
function keptShare(plan: LogicalPlan): number {
  return estimateRows(plan) / Math.max(1, unfilteredRows(plan))
}
