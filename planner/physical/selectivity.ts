import { isWhole } from '../../columnar/orderable-types.js'
import type { DataType } from '../../columnar/types.js'
import { onceEach } from '../../common/once-each.js'
import { conjunction, conjuncts } from '../plan/expression/build.js'
import type { Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import type { AggregateFunction } from '../plan/expression/functions.js'
import { referencesOf } from '../plan/expression/transform.js'
import type { LogicalPlan } from '../plan/logical/plan.js'

/* System R's guesses (Selinger et al., 1979) where nothing is known: a tenth for equality, a third for an inequality. */
const EQUALITY = 0.1
const INEQUALITY = 1 / 3
/** Nothing is ruled out by what is known of a sample. */
const LEAST_SHARE = 1e-3
const OTHER = 0.5
const MOST = 0.9

type Range = readonly [least: number, greatest: number]

/** What is known of a column: by its source, and by the filters above that. */
export interface ColumnFacts {
  /** Between which values it lies. */
  readonly range?: Range
  /** How many values it has. */
  readonly distinct?: number
  /** How many rows its source has: it has no more values, whatever that is joined with. */
  readonly most?: number
  /** The share of its values that filters have left, which a condition above these asks. */
  readonly kept?: number
}

/** How many values there can be between the least and the greatest one of a column. */
function valuesInRange({ range }: ColumnFacts, type: DataType): number | undefined {
  return range && isWhole(type) ? range[1] - range[0] + 1 : undefined
}

/** How many values a column has, as far as its source tells. */
function valuesOf(facts: ColumnFacts, type: DataType): number | undefined {
  return facts.distinct ?? valuesInRange(facts, type)
}

/** How many values a column has in a relation of so many rows. */
export function valuesAmong(facts: ColumnFacts = {}, type: DataType, rows: number): number {
  return Math.max(1, Math.min(rows, facts.most ?? rows, valuesOf(facts, type) ?? rows))
}

/** How many of its values filters have left, of which so many rows are left. */
export function keptValues(facts: ColumnFacts = {}, type: DataType, rows: number): number {
  const values = (valuesOf(facts, type) ?? Number.POSITIVE_INFINITY) * (facts.kept ?? 1)
  return Math.max(1, Math.min(rows, facts.most ?? rows, Math.ceil(values)))
}

/**
 * Among how many values those of a column were chosen, of a relation that has so many rows before any filter: a foreign key has few of the keys in
 * its range, and a row of the other table is any of these.
 */
export function domainAmong(facts: ColumnFacts = {}, type: DataType, rows: number): number {
  return Math.max(1, Math.min(rows, facts.most ?? rows, valuesInRange(facts, type) ?? facts.distinct ?? rows))
}

export type Facts = ReadonlyMap<ExprId, ColumnFacts>

/** What is known of those columns of a plan whose values are some of a source's. */
export function columnFacts(plan: LogicalPlan): Facts {
  switch (plan.kind) {
    case 'scan':
    case 'filter':
    case 'project':
    case 'join':
    case 'aggregate':
      return ownFacts(plan)
    case 'window':
    case 'replicate':
    case 'expand':
    case 'sample':
    case 'draw':
    case 'evaluate':
    case 'sort':
    case 'repartition':
    case 'limit':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
      return columnFacts(plan.input)
    case 'local':
    case 'oneRow':
    case 'range':
    case 'values':
    case 'union':
    case 'mapPartitions':
    case 'cached':
      return NO_FACTS
  }
}

const NO_FACTS: Facts = new Map()

type WithOwnFacts = Extract<LogicalPlan, { readonly kind: 'scan' | 'filter' | 'project' | 'join' | 'aggregate' }>

const ownFacts: (plan: WithOwnFacts) => Facts = onceEach((plan) => {
  switch (plan.kind) {
    case 'scan': {
      const { ranges = {}, distinct = {}, rows } = plan.source.statistics ?? {}
      const most = rows === undefined ? {} : { most: rows }
      const facts = new Map<ExprId, ColumnFacts>()
      for (const { id, name } of plan.output) {
        const range = Object.hasOwn(ranges, name) ? { range: ranges[name]! } : undefined
        const counted = Object.hasOwn(distinct, name) ? { distinct: distinct[name]! } : undefined
        facts.set(id, { ...range, ...counted, ...most })
      }
      return facts
    }
    case 'filter': {
      const below = columnFacts(plan.input)
      const shares = sharesOfColumns(conjuncts(plan.condition), below)
      return new Map([...below].map(([id, facts]) => [id, withShare(facts, shares.get(id))] as const))
    }
    case 'project':
      return factsOfPassed(plan.projections, columnFacts(plan.input))
    case 'aggregate': {
      const picked = plan.aggregates.flatMap(({ id, name, fn, args }) =>
        PICKS.has(fn) ? [{ id, name, expression: args[0]! }] : [],
      )
      return factsOfPassed([...plan.keys, ...picked], columnFacts(plan.input))
    }
    case 'join':
      return new Map([...columnFacts(plan.left), ...columnFacts(plan.right)])
  }
})

/** Aggregates that are one of the values. */
const PICKS: ReadonlySet<AggregateFunction> = new Set(['min', 'max', 'first', 'last'])

const factsOfPassed = (members: readonly NamedExpression[], below: Facts): Facts =>
  new Map(
    members.flatMap(({ id, expression }) => {
      const passed = pickedFrom(expression)
      const facts = passed.kind === 'attribute' ? below.get(passed.id) : undefined
      return facts ? [[id, facts] as const] : []
    }),
  )

const pickedFrom = (e: Expression): Expression => (e.kind === 'call' && e.fn === 'single_value' ? e.args[1]! : e)

/** Something is always left: no share of infinitely many values is not a number. */
const withShare = (facts: ColumnFacts, share: number | undefined): ColumnFacts =>
  share === undefined ? facts : { ...facts, kept: Math.max(Number.EPSILON, (facts.kept ?? 1) * share) }

/** Which share of the values of each column conditions leave, as far as they ask for it alone, or each of their alternatives does. */
function sharesOfColumns(conditions: readonly Expression[], facts: Facts): ReadonlyMap<ExprId, number> {
  const alone = new Map<ExprId, Expression[]>()
  const shares = new Map<ExprId, number>()
  const narrow = (id: ExprId, share: number): unknown => shares.set(id, Math.min(shares.get(id) ?? 1, share))
  for (const condition of conditions) {
    const [column, ...others] = referencesOf(condition)
    if (column !== undefined && others.length === 0) alone.set(column, [...(alone.get(column) ?? []), condition])
    else if (condition.kind === 'call' && condition.fn === 'or') {
      const [first, ...rest] = condition.args.map((arm) => sharesOfColumns(conjuncts(arm), facts))
      for (const [id, share] of first!)
        if (rest.every((arm) => arm.has(id)))
          narrow(
            id,
            rest.reduce((sum, arm) => sum + arm.get(id)!, share),
          )
    }
  }
  for (const [id, asked] of alone) narrow(id, selectivity(conjunction(asked)!, facts))
  return shares
}

/** The share of rows that satisfy a condition. What is asked of one column alone is not independent: `x in (1, 2) and x = 2` asks no more than `x = 2`. */
export function selectivity(condition: Expression, facts: Facts): number {
  const windows = new Map<ExprId, Range>()
  const shares = new Map<ExprId, number>()
  let share = 1
  for (const conjunct of conjuncts(condition)) {
    const bound = boundOf(conjunct)
    const range = bound && facts.get(bound.id)?.range
    const [column, ...others] = referencesOf(conjunct)
    if (bound && range) windows.set(bound.id, narrowed(windows.get(bound.id) ?? range, bound))
    else if (column !== undefined && others.length === 0)
      shares.set(column, Math.min(shares.get(column) ?? 1, selectivityOf(conjunct, facts)))
    else share *= selectivityOf(conjunct, facts)
  }
  for (const [id, window] of windows) {
    const { range, kept = 1 } = facts.get(id)!
    const ofWindow = Math.min(1, shareOf(window, range!) / kept)
    shares.set(id, Math.min(shares.get(id) ?? 1, ofWindow))
  }
  for (const ofColumn of shares.values()) share *= ofColumn
  return share
}

function selectivityOf(condition: Expression, facts: Facts): number {
  if (condition.kind === 'in') return Math.min(1, shareOfOne([condition.child], facts) * condition.list.length)
  if (condition.kind !== 'call') return OTHER
  switch (condition.fn) {
    case 'or':
      return Math.min(
        1,
        condition.args.reduce((sum, arg) => sum + selectivity(arg, facts), 0),
      )
    case 'not':
      return 1 - selectivity(condition.args[0]!, facts)
    case 'eq':
    case 'eq_null_safe':
      return shareOfOne(condition.args, facts)
    case 'starts_with':
    case 'like':
    case 'contains':
      return EQUALITY
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return INEQUALITY
    case 'is_not_null':
    case 'ne':
      return MOST
    default:
      return OTHER
  }
}

/** The share of rows that have one value of a column, all taken as equally frequent. */
function shareOfOne(compared: readonly Expression[], facts: Facts): number {
  const counts = compared.flatMap((e) => {
    const { kept = 1, ...own } = (e.kind === 'attribute' && facts.get(e.id)) || {}
    const values = valuesOf(own, e.type)
    return values === undefined ? [] : [values * kept]
  })
  return counts.length === 0 ? EQUALITY : 1 / counts.reduce((most, count) => Math.max(most, count), 1)
}

/** A conjunct that bounds one column from one side. */
interface Bound {
  readonly id: ExprId
  readonly side: 'least' | 'greatest'
  readonly value: number
}

const SIDES = { lt: 'greatest', le: 'greatest', gt: 'least', ge: 'least' } as const

function boundOf(conjunct: Expression): Bound | undefined {
  if (conjunct.kind !== 'call' || !Object.hasOwn(SIDES, conjunct.fn)) return undefined
  const side = SIDES[conjunct.fn as keyof typeof SIDES]
  const [a, b] = [conjunct.args[0]!, conjunct.args[1]!]
  const [column, constant] = a.kind === 'literal' ? [b, a] : [a, b]
  if (column.kind !== 'attribute' || constant.kind !== 'literal') return undefined
  if (typeof constant.value !== 'number' && typeof constant.value !== 'bigint') return undefined
  const isMirrored = constant === a
  return {
    id: column.id,
    side: isMirrored === (side === 'least') ? 'greatest' : 'least',
    value: Number(constant.value),
  }
}

const narrowed = ([least, greatest]: Range, { side, value }: Bound): Range =>
  side === 'least' ? [Math.max(least, value), greatest] : [least, Math.min(greatest, value)]

/** How much of a range a window covers, values taken as evenly spread. Nothing is ruled out: the range may have come from a sample. */
function shareOf([from, to]: Range, [least, greatest]: Range): number {
  const width = greatest - least
  if (!(width > 0)) return from <= to ? 1 : LEAST_SHARE
  const share = (to - from) / width
  // Of a range without an end, or between what is no number.
  return Number.isNaN(share) ? INEQUALITY : Math.min(1, Math.max(LEAST_SHARE, share))
}
