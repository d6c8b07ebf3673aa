import { onceEach } from '../../common/once-each.js'
import { conjuncts, literal, reference } from '../plan/expression/build.js'
import type { AttributeReference, Expression, ExprId } from '../plan/expression/expression.js'
import type { ScalarFunction } from '../plan/expression/functions.js'
import { canonicalText } from '../plan/expression/same.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { substitute } from './expressions.js'

/** Comparisons of a column with literals that all rows of a relation meet, by texts that those of other columns share which ask the same. */
export type KnownOfColumn = ReadonlyMap<string, Expression>
export type KnownConditions = ReadonlyMap<ExprId, KnownOfColumn>

const NOTHING: KnownConditions = new Map()
const COMPARISONS: ReadonlySet<ScalarFunction> = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge'])

/** What is known of the columns of a relation by its filters, and those below it. */
export const knownConditions: (plan: LogicalPlan) => KnownConditions = onceEach((plan) => {
  switch (plan.kind) {
    case 'filter':
      return knownTogether([knownConditions(plan.input), knownByConditions(conjuncts(plan.condition))])
    case 'project':
      return ofColumns(plan.projections, knownConditions(plan.input))
    case 'aggregate':
      return ofColumns(plan.keys, knownConditions(plan.input))
    case 'join':
      return plan.type === 'full'
        ? NOTHING
        : plan.type === 'inner'
          ? knownTogether([knownConditions(plan.left), knownConditions(plan.right)])
          : knownConditions(plan.left)
    case 'window':
    case 'evaluate':
    case 'sort':
    case 'repartition':
    case 'limit':
    case 'sample':
    case 'draw':
    case 'replicate':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
      return knownConditions(plan.input)
    case 'scan':
    case 'local':
    case 'oneRow':
    case 'range':
    case 'values':
    case 'union':
    case 'expand':
    case 'mapPartitions':
    case 'cached':
      return NOTHING
  }
})

/** What columns that pass on others know of these. */
function ofColumns(
  members: readonly { readonly id: ExprId; readonly expression: Expression }[],
  known: KnownConditions,
): KnownConditions {
  return new Map(
    members.flatMap(({ id, expression }) => {
      const ofColumn = expression.kind === 'attribute' ? known.get(expression.id) : undefined
      return ofColumn ? [[id, ofColumn] as const] : []
    }),
  )
}

/** All that is known by some of several. */
export function knownTogether(all: readonly KnownConditions[]): KnownConditions {
  const together = new Map<ExprId, KnownOfColumn>()
  for (const known of all)
    for (const [id, ofColumn] of known) together.set(id, new Map([...(together.get(id) ?? []), ...ofColumn]))
  return together
}

export function knownByConditions(conditions: readonly Expression[]): KnownConditions {
  return knownTogether(
    conditions.flatMap((condition) => {
      const column = comparedColumn(condition)
      if (!column) return []
      const text = canonicalText(substitute(condition, new Map([[column.id, literal(column.type, null)]])))
      return [new Map([[column.id, new Map([[text, condition]])]])]
    }),
  )
}

/** The column that a condition compares with literals, and nothing else. */
function comparedColumn(condition: Expression): AttributeReference | undefined {
  if (condition.kind === 'in') return condition.child.kind === 'attribute' ? condition.child : undefined
  if (condition.kind !== 'call' || !COMPARISONS.has(condition.fn)) return undefined
  const [a, b] = condition.args
  if (a?.kind === 'attribute' && b?.kind === 'literal') return a
  return a?.kind === 'literal' && b?.kind === 'attribute' ? b : undefined
}

/** A comparison of a column, asked of another one, which may be NULL where the first is not. */
export function askedOf(comparison: Expression, column: AttributeReference): Expression {
  const from = comparedColumn(comparison)!
  const asked = substitute(comparison, new Map([[from.id, reference(column)]]))
  return Object.freeze({ ...asked, nullable: true })
}
