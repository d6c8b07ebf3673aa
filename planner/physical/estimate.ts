import type { DataType } from '../../columnar/types.js'
import { conjuncts } from '../plan/expression/build.js'
import type { Expression } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'

/*
 * Rough sizes, good enough to tell a small side of a join from a large one. Selectivities are System R's (Selinger et al., 1979):
 * a tenth for equality, a third for a range.
 */
const UNKNOWN_ROWS = 10_000_000
const EQUALITY = 0.1
const RANGE = 1 / 3
const OTHER = 0.5
const STRING_BYTES = 24
const GROUPS_PER_ROW = 0.1

/** How many rows a relation may have. */
export function estimateRows(plan: LogicalPlan): number {
  switch (plan.kind) {
    case 'scan':
      return plan.source.statistics?.rows ?? (plan.source.statistics?.bytes ?? UNKNOWN_ROWS * 100) / 100
    case 'local':
      return plan.rows
    case 'oneRow':
      return 1
    case 'range':
      return Number((plan.end - plan.start) / (plan.step === 0n ? 1n : plan.step))
    case 'filter':
      return Math.max(1, estimateRows(plan.input) * selectivity(plan.condition))
    case 'aggregate':
      return plan.keys.length === 0 ? 1 : Math.max(1, estimateRows(plan.input) * GROUPS_PER_ROW)
    case 'join':
      return estimateJoin(plan)
    case 'limit':
      return Math.min(plan.limit, estimateRows(plan.input))
    case 'project':
    case 'sort':
    case 'watermark':
    case 'cached':
      return estimateRows(plan.input)
  }
}

/** An equi-join keeps about as many rows as its larger side, a filtered smaller one taking its share of them. */
function estimateJoin(plan: Extract<LogicalPlan, { kind: 'join' }>): number {
  const [left, right] = [estimateRows(plan.left), estimateRows(plan.right)]
  const hasEquality =
    plan.condition !== undefined && conjuncts(plan.condition).some((c) => c.kind === 'call' && c.fn === 'eq')
  if (!hasEquality) return left * right
  const smaller = left < right ? plan.left : plan.right
  const kept = Math.min(1, estimateRows(smaller) / Math.max(1, unfilteredRows(smaller)))
  const rows = Math.max(left, right) * kept
  return plan.type === 'left' ? Math.max(left, rows) : Math.max(1, rows)
}

/** The rows of the largest relation below, before any filter. */
export function unfilteredRows(plan: LogicalPlan): number {
  if (plan.kind === 'filter' || plan.kind === 'project' || plan.kind === 'cached') return unfilteredRows(plan.input)
  return plan.kind === 'join' ? Math.max(unfilteredRows(plan.left), unfilteredRows(plan.right)) : estimateRows(plan)
}

/** How many bytes a relation may have, by its rows and columns. */
export function estimateBytes(plan: LogicalPlan): number {
  return estimateRows(plan) * outputOf(plan).reduce((sum, a) => sum + widthOf(a.type), 0)
}

/** The share of rows that satisfy a condition. */
export function selectivity(condition: Expression): number {
  if (condition.kind === 'in') return Math.min(1, EQUALITY * condition.list.length)
  if (condition.kind !== 'call') return OTHER
  switch (condition.fn) {
    case 'and':
      return condition.args.reduce((product, arg) => product * selectivity(arg), 1)
    case 'or':
      return Math.min(
        1,
        condition.args.reduce((sum, arg) => sum + selectivity(arg), 0),
      )
    case 'not':
      return 1 - selectivity(condition.args[0]!)
    case 'eq':
    case 'eq_null_safe':
    case 'starts_with':
    case 'like':
    case 'contains':
      return EQUALITY
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return RANGE
    case 'is_not_null':
    case 'ne':
      return 0.9
    default:
      return OTHER
  }
}

function widthOf(type: DataType): number {
  switch (type.kind) {
    case 'boolean':
    case 'tinyint':
      return 1
    case 'smallint':
      return 2
    case 'int':
    case 'float':
    case 'date':
    case 'interval_ym':
      return 4
    case 'decimal':
      return type.precision <= 18 ? 8 : 16
    case 'string':
    case 'binary':
      return STRING_BYTES
    case 'struct':
      return type.fields.reduce((sum, f) => sum + widthOf(f.type), 0)
    default:
      return 8
  }
}
