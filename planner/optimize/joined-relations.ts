import { conjuncts, reference } from '../plan/expression/build.js'
import type { AttributeReference, Expression, ExprId } from '../plan/expression/expression.js'
import { canonicalText } from '../plan/expression/same.js'
import { referencesOf } from '../plan/expression/transform.js'
import type { LogicalPlan, LogicalScan } from '../plan/logical/plan.js'
import { substitute } from './expressions.js'

/** What inner joins and filters join, and all that they ask of the rows. */
export interface JoinedRelations {
  readonly relations: readonly LogicalPlan[]
  readonly conditions: readonly Expression[]
}

/** Hints are left as they are: a join that has one is a relation. */
export function joinedRelations(plan: LogicalPlan): JoinedRelations {
  if (plan.kind === 'filter') return withConditions([joinedRelations(plan.input)], plan.condition)
  if (plan.kind !== 'join' || plan.type !== 'inner' || plan.hint) return { relations: [plan], conditions: [] }
  return withConditions([joinedRelations(plan.left), joinedRelations(plan.right)], plan.condition)
}

const withConditions = (parts: readonly JoinedRelations[], condition: Expression | undefined): JoinedRelations => ({
  relations: parts.flatMap(({ relations }) => relations),
  conditions: [...parts.flatMap(({ conditions }) => conditions), ...(condition ? conjuncts(condition) : [])],
})

/** For columns of some relations the same columns of others, which read the same. */
export type SameColumns = ReadonlyMap<ExprId, AttributeReference>

/** Tables that are joined with themselves may be told apart in so many ways; more are not tried. */
const MOST_WAYS = 24

/** In which ways each relation is one of others, which are more: only tables are compared. */
export function waysWithin({ relations }: JoinedRelations, around: JoinedRelations): readonly SameColumns[] {
  let ways: readonly { readonly columns: SameColumns; readonly taken: ReadonlySet<LogicalPlan> }[] = [
    { columns: new Map(), taken: new Set() },
  ]
  for (const relation of relations)
    ways = ways
      .flatMap(({ columns, taken }) =>
        around.relations.flatMap((other) => {
          const same = taken.has(other) ? undefined : sameColumns(relation, other)
          return same ? [{ columns: new Map([...columns, ...same]), taken: new Set([...taken, other]) }] : []
        }),
      )
      .slice(0, MOST_WAYS)
  return ways.map(({ columns }) => columns)
}

function sameColumns(a: LogicalPlan, b: LogicalPlan): SameColumns | undefined {
  if (a.kind !== 'scan' || b.kind !== 'scan' || !isSameTable(a, b)) return undefined
  const byName = new Map(b.output.map((column) => [column.name, column]))
  const pairs = a.output.flatMap(({ id, name }) => {
    const column = byName.get(name)
    return column ? [[id, reference(column)] as const] : []
  })
  return pairs.length === a.output.length ? new Map(pairs) : undefined
}

const isSameTable = (a: LogicalScan, b: LogicalScan): boolean =>
  a.source === b.source && a.filters.length === 0 && b.filters.length === 0

/**
 * Whether relations, found within others, are joined there by the same conditions, so that rows of theirs come as often as others have the value of one
 * column: what else is asked of their columns there is about that one.
 */
export function isSameJoin(
  own: JoinedRelations,
  around: JoinedRelations,
  columns: SameColumns,
  by: AttributeReference,
): boolean {
  const found = new Set([...columns.values()].map(({ id }) => id))
  const asked = new Set(own.conditions.map((condition) => textOf(substitute(condition, columns))))
  const rest = around.conditions.filter((condition) => !asked.delete(textOf(condition)))
  const isAboutOthers = (condition: Expression): boolean =>
    [...referencesOf(condition)].every((id) => id === by.id || !found.has(id))
  return asked.size === 0 && rest.every(isAboutOthers)
}

/** Whether relations, each found as one of others, are all of these, and are joined and filtered by the same conditions. */
export function isSameRows(own: JoinedRelations, others: JoinedRelations, columns: SameColumns): boolean {
  if (own.relations.length !== others.relations.length) return false
  const asked = new Set(own.conditions.map((condition) => textOf(substitute(condition, columns))))
  const askedOfOthers = new Set(others.conditions.map(textOf))
  return asked.size === askedOfOthers.size && [...asked].every((text) => askedOfOthers.has(text))
}

/** A text that conditions share that ask the same, equalities in either order. */
function textOf(condition: Expression): string {
  if (condition.kind !== 'call' || condition.fn !== 'eq') return canonicalText(condition)
  return `eq(${condition.args.map(canonicalText).toSorted().join()})`
}

/** Whether two columns, or one, are the same in all rows that are joined, and not NULL. */
export const areEqual = ({ conditions }: JoinedRelations, a: AttributeReference, b: AttributeReference): boolean =>
  conditions.some((condition) => {
    if (condition.kind !== 'call' || condition.fn !== 'eq') return false
    const compared = condition.args.flatMap((arg) => (arg.kind === 'attribute' ? [arg.id] : []))
    return compared.includes(a.id) && compared.includes(b.id)
  })
