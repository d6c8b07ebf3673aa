import { isStreaming } from '../../physical/streaming.js'
import { conjunction, conjuncts } from '../../plan/expression/build.js'
import type { AttributeReference, Expression } from '../../plan/expression/expression.js'
import type { JoinKind } from '../../plan/join-kind.js'
import { outputIds } from '../../plan/logical/output.js'
import type { LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import { mapInputs } from '../../plan/logical/transform.js'
import { type EqualityClass, equalitiesOf } from '../equality-classes.js'
import { type JoinedRelations, joinedRelations } from '../joined-relations.js'
import {
  askedOf,
  type KnownConditions,
  knownByConditions,
  knownConditions,
  knownTogether,
} from '../known-conditions.js'
import type { Rule } from '../rule.js'

/** So many comparisons of columns that equal each other are asked of each of them; more would take longer than they spare. */
const MOST_KNOWN = 8

/**
 * What rows of one side of a join meet is asked of columns of the other that equal its own: `a.x = b.x and a.x > 5` gives `b.x > 5`, through any number of
 * inner joins. Which rows are joined stays the same, and fewer are read and brought there.
 */
export const inferFilters: Rule = {
  name: 'infer filters',
  apply: (plan) => (isStreaming(plan) ? plan : infer(plan)),
}

function infer(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'join') return mapInputs(plan, infer)
  const { relations, conditions } = relationsOf(plan)
  const [all, asked] = [new Set(relations), askedRelations(plan, relations)]
  const { classes } = equalitiesOf(conditions)
  const known = knownTogether([...relations.map(knownConditions), knownByConditions(conditions)])
  const withMissing = (node: LogicalPlan): LogicalPlan => {
    if (!all.has(node)) return mapInputs(node, withMissing)
    return filtered(infer(node), asked.has(node) ? missingOf(node, classes, known) : [])
  }
  return mapInputs(plan, withMissing)
}

const relationsOf = (join: LogicalJoin): JoinedRelations =>
  join.type === 'inner' && !join.hint
    ? joinedRelations(join)
    : { relations: [join.left, join.right], conditions: join.condition ? conjuncts(join.condition) : [] }

/** The sides of which rows without a match make no difference; of semi joins, of which there may be many over one relation, that which is looked up. */
const ASKED: Readonly<Record<JoinKind, readonly ('left' | 'right')[]>> = {
  inner: ['left', 'right'],
  left: ['right'],
  full: [],
  left_semi: ['right'],
  left_anti: ['right'],
}

const askedRelations = (join: LogicalJoin, relations: readonly LogicalPlan[]): ReadonlySet<LogicalPlan> =>
  new Set(join.type === 'inner' ? relations : ASKED[join.type].map((side) => join[side]))

/** What is known of columns that equal one of a relation, and is not known of that one itself. */
function missingOf(
  relation: LogicalPlan,
  classes: readonly EqualityClass[],
  known: KnownConditions,
): readonly Expression[] {
  const columns = outputIds(relation)
  const missingOfColumn = (column: AttributeReference, equal: EqualityClass): readonly Expression[] => {
    const all = new Map(equal.flatMap(({ id }) => [...(known.get(id) ?? [])]))
    if (all.size > MOST_KNOWN) return []
    // Its own may be asked by a filter that stands around it, among the conditions of the joins.
    return [...all].flatMap(([text, one]) => (known.get(column.id)?.has(text) ? [] : [askedOf(one, column)]))
  }
  return classes.flatMap((equal) =>
    equal.filter(({ id }) => columns.has(id)).flatMap((column) => missingOfColumn(column, equal)),
  )
}

function filtered(input: LogicalPlan, conditions: readonly Expression[]): LogicalPlan {
  const condition = conjunction(conditions)
  return condition ? Object.freeze({ kind: 'filter', input, condition }) : input
}
