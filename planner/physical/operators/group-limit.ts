import { conjuncts } from '../../plan/expression/build.js'
import type { Expression, ExprId } from '../../plan/expression/expression.js'
import type { LogicalWindow } from '../../plan/logical/plan.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import { type GroupRanking, type PhysicalGroupLimit, RANKINGS } from '../../plan/physical/window.js'
import type { Planning } from '../planning.js'
import { ANYHOW, clustered } from '../properties.js'
import type { PhysicalOperator } from './operator.js'
import { ordersText, texts } from './text.js'

/** Of more rows of each partition the places would take more memory than the rows that they spare. */
const MOST_ROWS = 256

/** Which rows of each partition a filter over a window keeps at most: those up to a place. */
export type GroupLimit = Pick<PhysicalGroupLimit, 'ranking' | 'limit'>

export const groupLimit: PhysicalOperator<PhysicalGroupLimit> = {
  requires: ({ mode, partitionBy }) => [mode === 'partial' ? ANYHOW : clustered(partitionBy, false)],
  provides: (_, [input]) => input!,
  line: ({ mode, ranking, limit, partitionBy, orderBy }) =>
    `WindowGroupLimit (${mode}) ${ranking} <= ${limit}, partition=[${texts(partitionBy)}], order=[${ordersText(orderBy)}]`,
}

/** Leaves out rows before they are brought together, and again before they are sorted. */
export function limited(
  planning: Planning,
  input: PhysicalPlan,
  keys: Pick<PhysicalGroupLimit, 'partitionBy' | 'orderBy'>,
  wanted: GroupLimit,
): PhysicalPlan {
  const { attributes } = input
  const over = (from: PhysicalPlan, mode: PhysicalGroupLimit['mode']): PhysicalPlan =>
    planning.place({ kind: 'groupLimit', mode, inputs: [from], ...keys, ...wanted, attributes })
  const isTogether = planning.brings(input, clustered(keys.partitionBy, false))
  return over(isTogether ? input : over(input, 'partial'), 'final')
}

/**
 * The least limit that a condition sets to a ranking of a window. None where other functions of the window see rows behind the current one, or those that
 * are equal to it: without the rows left out they would give something else.
 */
export function groupLimitOf(condition: Expression, { calls }: LogicalWindow): GroupLimit | undefined {
  const rankings = new Map(calls.map(({ id, fn }) => [id, fn]))
  if (!calls.every(({ fn }) => isRanking(fn))) return undefined
  const limits = conjuncts(condition).flatMap((conjunct): GroupLimit[] => {
    const bound = upperBound(conjunct)
    const ranking = bound && rankings.get(bound.id)
    return bound && isRanking(ranking) && bound.limit <= MOST_ROWS ? [{ ranking, limit: Math.max(1, bound.limit) }] : []
  })
  return limits.reduce<GroupLimit | undefined>((least, x) => (least && least.limit <= x.limit ? least : x), undefined)
}

const isRanking = (fn: string | undefined): fn is GroupRanking => RANKINGS.some((ranking) => ranking === fn)

/** How far below the literal the greatest number is that passes, by comparison of a column with it. */
const BELOW = { eq: 0, eq_null_safe: 0, le: 0, lt: 1 } as const
const MIRRORED = { eq: 'eq', eq_null_safe: 'eq_null_safe', ge: 'le', gt: 'lt' } as const

function upperBound(conjunct: Expression): { readonly id: ExprId; readonly limit: number } | undefined {
  if (conjunct.kind !== 'call') return undefined
  const [a, b] = conjunct.args as [Expression, Expression]
  const fn = a?.kind === 'literal' ? keyed(MIRRORED, conjunct.fn) : conjunct.fn
  const below = fn === undefined ? undefined : keyed(BELOW, fn)
  const [column, constant] = a?.kind === 'literal' ? [b, a] : [a, b]
  if (below === undefined || column?.kind !== 'attribute' || constant?.kind !== 'literal') return undefined
  const { value } = constant
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
  return { id: column.id, limit: Number(value) - below }
}

const keyed = <T extends object>(table: T, key: string): T[keyof T] | undefined =>
  Object.hasOwn(table, key) ? table[key as keyof T] : undefined
