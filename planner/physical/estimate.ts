import { fixedBytes } from '../../columnar/leaves.js'
import type { DataType } from '../../columnar/types.js'
import { onceEach } from '../../common/once-each.js'
import { conjuncts } from '../plan/expression/build.js'
import type { Expression, ExprId } from '../plan/expression/expression.js'
import { JOIN_OUTPUT } from '../plan/join-kind.js'
import { outputIds, outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { columnFacts, domainAmong, type Facts, selectivity, valuesAmong } from './selectivity.js'

/* Rough sizes, good enough to tell a small side of a join from a large one. What takes a while is computed once for a node: joins ask for those of all levels below. */

const UNKNOWN_ROWS = 10_000_000
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
      return Math.max(0, Number((plan.end - plan.start) / (plan.step === 0n ? 1n : plan.step)))
    case 'values':
      return plan.rows.length
    case 'union':
      return plan.inputs.reduce((sum, input) => sum + estimateRows(input), 0)
    case 'filter':
      return estimateFiltered(plan)
    case 'aggregate':
      return estimateGroups(plan)
    case 'join':
      return estimateJoin(plan)
    case 'expand':
      return estimateRows(plan.input) * plan.copies.length
    case 'sample':
      return Math.max(1, estimateRows(plan.input) * (plan.to - plan.from))
    case 'limit':
      return Math.min(plan.limit, estimateRows(plan.input))
    case 'project':
    case 'draw':
    case 'evaluate':
    case 'mapPartitions':
    case 'window':
    case 'replicate':
    case 'sort':
    case 'repartition':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
    case 'cached':
      return estimateRows(plan.input)
  }
}

type Node<K extends LogicalPlan['kind']> = Extract<LogicalPlan, { readonly kind: K }>

const estimateFiltered: (plan: Node<'filter'>) => number = onceEach(({ input, condition }) =>
  Math.max(1, estimateRows(input) * selectivity(condition, columnFacts(input))),
)

const estimateGroups: (plan: Node<'aggregate'>) => number = onceEach((plan) => {
  if (plan.keys.length === 0) return 1
  const facts = columnFacts(plan.input)
  return groupsOf(plan, estimateRows(plan.input), (key) => keptShare(key, facts))
})

/** Groups before any filter; without keys as many as there are rows, as the one group may have the value of any. */
const unfilteredGroups: (plan: Node<'aggregate'>) => number = onceEach((plan) =>
  plan.keys.length === 0 ? unfilteredRows(plan.input) : groupsOf(plan, unfilteredRows(plan.input), () => 1),
)

/**
 * As many as the keys have combinations of values. Several keys belong together mostly: a tenth of the rows, or as many as one of them has values, are
 * taken to be all the combinations that there are.
 */
function groupsOf({ keys, input }: Node<'aggregate'>, rows: number, shareOf: (key: Expression) => number): number {
  const facts = columnFacts(input)
  const counts = keys.map(({ expression: e }) => {
    const own = e.kind === 'attribute' ? facts.get(e.id) : undefined
    const isCounted = own?.distinct !== undefined
    return { isCounted, values: Math.ceil(valuesAmong(own, e.type, rows) * shareOf(e)) + 1 }
  })
  const combined = counts.reduce((product, { values }) => product * values, 1)
  const most = counts.reduce(
    (most, { isCounted, values }) => (isCounted ? Math.max(most, values) : most),
    rows * GROUPS_PER_ROW,
  )
  return Math.max(1, Math.min(rows, combined, most))
}

const estimateJoin: (plan: Node<'join'>) => number = onceEach((plan) => {
  const sizeOf = (side: LogicalPlan): JoinSide => ({ rows: estimateRows(side), unfilteredRows: unfilteredRows(side) })
  const domains = new Map([...columnDomains(plan.left), ...columnDomains(plan.right)])
  const [ofLeft, ofRight] = [outputIds(plan.left), outputIds(plan.right)]
  const keys = (plan.condition ? conjuncts(plan.condition) : []).flatMap((c) =>
    c.kind === 'call' && c.fn === 'eq' ? [c.args] : [],
  )
  const [left, right] = [sizeOf(plan.left), sizeOf(plan.right)]
  const columns = keys.map((pair) => pair.flatMap((key) => (key.kind === 'attribute' ? [key.id] : [])))
  // Of a column that the other side fixes, not of one that is compared within its side or with what both give.
  const fixed = columns.filter((pair) => pair.some((id) => ofLeft.has(id)) && pair.some((id) => ofRight.has(id)))
  const ids = new Set(fixed.flat())
  const most = Math.min(left.rows * mostMatches(plan.right, ids), right.rows * mostMatches(plan.left, ids))
  const facts = columnFacts(plan)
  const pairs = keys.map(
    ([a, b], i) => domainOfKey(columns[i]!, domains, facts) * Math.max(keptShare(a!, facts), keptShare(b!, facts)),
  )
  const rows = Math.min(joinedRows(left, right, pairs), most)
  switch (plan.type) {
    case 'inner':
      return Math.max(1, rows)
    case 'left':
      return Math.max(left.rows, rows)
    case 'full':
      return Math.max(left.rows, right.rows, rows)
    case 'left_semi':
      return Math.max(1, Math.min(left.rows, rows))
    case 'left_anti':
      return Math.max(1, left.rows * UNMATCHED)
  }
})

/**
 * Among how many values those of columns that must be equal are: as many as the one has that has most, where all were counted, since each of the others has some
 * of these. Otherwise as many as the least of their domains has.
 */
export function domainOfKey(ids: readonly ExprId[], domains: ReadonlyMap<ExprId, number>, facts: Facts): number {
  const counts = ids.map((id) => facts.get(id)?.distinct)
  if (ids.length > 1 && counts.every((count) => count !== undefined))
    return counts.reduce((most, count) => Math.max(most, count), 1)
  return ids.reduce((least, id) => Math.min(least, domains.get(id) ?? least), Number.POSITIVE_INFINITY)
}

/** The share of a key's values that filters have left: where both sides of a join are asked the same, each row still has as many matches. */
const keptShare = (key: Expression, facts: Facts): number =>
  (key.kind === 'attribute' ? facts.get(key.id)?.kept : undefined) ?? 1

/** The share of rows taken to have no match. */
const UNMATCHED = 0.5

interface JoinSide {
  readonly rows: number
  readonly unfilteredRows: number
}

/**
 * Rows of an equi-join whose keys have domains of these sizes: each pair of rows matches with the inverse of their product. Keys of several
 * columns belong together mostly, so that they tell no more rows apart than the smaller relation has.
 */
export function joinedRows(a: JoinSide, b: JoinSide, keyDomains: readonly number[]): number {
  if (keyDomains.length === 0) return a.rows * b.rows
  const pairs = keyDomains.reduce((product, domain) => product * domain, 1)
  return (a.rows * b.rows) / Math.max(1, Math.min(pairs, a.unfilteredRows, b.unfilteredRows))
}

/** More than any relation has, and a number: as often as no rows match there are no rows. */
export const UNKNOWN_MATCHES = Number.MAX_VALUE

/** How many rows of a relation have the same values of some of these columns: on average, where its source counted the values, and one of groups by these columns. */
export function mostMatches(plan: LogicalPlan, columns: ReadonlySet<ExprId>): number {
  switch (plan.kind) {
    case 'scan': {
      const facts = columnFacts(plan)
      const values = [...columns].reduce((most, id) => Math.max(most, facts.get(id)?.distinct ?? 0), 0)
      return values === 0 ? UNKNOWN_MATCHES : Math.max(1, estimateRows(plan) / values)
    }
    case 'aggregate':
      return plan.keys.every(({ id }) => columns.has(id)) ? 1 : UNKNOWN_MATCHES
    case 'filter':
      return mostMatches(plan.input, columns)
    case 'project': {
      const passed = plan.projections.filter(({ id }) => columns.has(id)).map(({ expression }) => expression)
      return mostMatches(plan.input, new Set(passed.flatMap((e) => (e.kind === 'attribute' ? [e.id] : []))))
    }
    case 'local':
    case 'oneRow':
    case 'range':
    case 'values':
    case 'union':
    case 'window':
    case 'replicate':
    case 'expand':
    case 'join':
    case 'sample':
    case 'draw':
    case 'evaluate':
    case 'mapPartitions':
    case 'sort':
    case 'repartition':
    case 'limit':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
    case 'cached':
      return UNKNOWN_MATCHES
  }
}

/** How many values the columns of a plan may have, where something is known: no more than its unfiltered source has rows, or their range holds. */
export const columnDomains: (plan: LogicalPlan) => ReadonlyMap<ExprId, number> = onceEach((plan) => {
  const facts = columnFacts(plan)
  const rows = unfilteredRows(plan)
  return new Map(
    outputOf(plan).map(({ id, type }) => {
      return [id, domainAmong(facts.get(id), type, rows)]
    }),
  )
})

/** The rows of the largest relation below, before any filter. */
export function unfilteredRows(plan: LogicalPlan): number {
  switch (plan.kind) {
    case 'filter':
    case 'project':
    case 'cached':
    case 'repartition':
      return unfilteredRows(plan.input)
    case 'join':
      return unfilteredJoin(plan)
    case 'aggregate':
      return unfilteredGroups(plan)
    case 'scan':
    case 'local':
    case 'oneRow':
    case 'range':
    case 'values':
    case 'union':
    case 'window':
    case 'replicate':
    case 'expand':
    case 'sample':
    case 'draw':
    case 'evaluate':
    case 'mapPartitions':
    case 'sort':
    case 'limit':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
      return estimateRows(plan)
  }
}

const unfilteredJoin: (plan: Node<'join'>) => number = onceEach(({ type, left, right }) => {
  const ofLeft = unfilteredRows(left)
  return JOIN_OUTPUT[type].right === 'none' ? ofLeft : Math.max(ofLeft, unfilteredRows(right))
})

/** How many bytes a relation may have, by its rows and columns. */
export function estimateBytes(plan: LogicalPlan): number {
  return estimateRows(plan) * outputOf(plan).reduce((sum, a) => sum + widthOf(a.type), 0)
}

function widthOf(type: DataType): number {
  if (type.kind === 'struct') return type.fields.reduce((sum, f) => sum + widthOf(f.type), 0)
  return fixedBytes(type) ?? (type.kind === 'void' ? 0 : STRING_BYTES)
}
