import { BIGINT, BOOLEAN, INT } from '../../../columnar/types.js'
import { append } from '../../../common/append.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { isStreaming } from '../../physical/streaming.js'
import { call, conjunction, literal, reference } from '../../plan/expression/build.js'
import type { AggregateCall, Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { canonicalText } from '../../plan/expression/same.js'
import { attributeOf, outputOf } from '../../plan/logical/output.js'
import type { LogicalAggregate, LogicalPlan } from '../../plan/logical/plan.js'
import { keep } from '../names/visible.js'

type NextId = () => ExprId

/** The values that aggregates with DISTINCT have in common. */
interface DistinctSet {
  /** Numbers the sets; 0 are the aggregates over all rows. */
  readonly turn: number
  readonly args: readonly Expression[]
  readonly calls: readonly AggregateCall[]
}

/**
 * A GROUP BY whose aggregates may have DISTINCT, as two without: the first leaves each value of a group once, the second aggregates these. Several
 * such sets, or others beside, take turns: each row comes once for each, with only the values of the set whose turn it is.
 */
export function groupedDistinct(plan: LogicalAggregate, nextId: NextId): LogicalPlan {
  const distinct = plan.aggregates.filter((one) => one.distinct)
  if (distinct.length === 0) return plan
  if (isStreaming(plan.input))
    throw new MillraceError(
      'UNSUPPORTED_FEATURE',
      { feature: 'DISTINCT aggregates of a stream' },
      { origin: distinct[0]!.origin },
    )
  const sets = setsOf(distinct)
  const others = plan.aggregates.filter((one) => !one.distinct)
  const turns = sets.length > 1 || others.length > 0 ? takingTurns(plan.input, sets.length + 1, nextId) : undefined
  const turn = turns && reference(turns.turn)
  const inner = values(plan, sets, others, turn, nextId)
  const outer: LogicalPlan = Object.freeze({
    kind: 'aggregate',
    input: Object.freeze({ ...inner.plan, input: turns?.plan ?? plan.input }),
    keys: plan.keys.map((key) => keep(attributeOf(key))),
    aggregates: plan.aggregates.map((one) => inner.outer.get(one)!),
  })
  // Aggregates over DISTINCT values alone have their names and types already.
  return others.length === 0 ? outer : restored(plan, outer)
}

/** Filters are part of the values, as those of rows they leave out do not count. */
function setsOf(calls: readonly AggregateCall[]): readonly DistinctSet[] {
  const sets = new Map<string, { args: readonly Expression[]; calls: AggregateCall[] }>()
  for (const one of calls) {
    const { filter } = one
    const args = filter ? one.args.map((arg) => onlyWhen(filter, arg)) : one.args
    const text = args.map(canonicalText).join()
    const known = sets.get(text)
    if (known) known.calls.push(one)
    else sets.set(text, { args, calls: [one] })
  }
  return [...sets.values()].map((set, i) => ({ ...set, turn: i + 1 }))
}

const onlyWhen = (when: Expression, value: Expression): Expression =>
  Object.freeze({ kind: 'case', branches: [{ when, value }], type: value.type, nullable: true })

/** Each row once for each turn. */
function takingTurns(input: LogicalPlan, count: number, nextId: NextId): { plan: LogicalPlan; turn: Attribute } {
  const turn: Attribute = Object.freeze({ id: nextId(), name: 'turn', type: INT, nullable: false })
  const copies = Array.from({ length: count }, (_, i) => [i])
  return { plan: Object.freeze({ kind: 'expand', input, copies, added: [turn] }), turn }
}

interface Values {
  readonly plan: LogicalAggregate
  /** What becomes of each aggregate above. */
  readonly outer: ReadonlyMap<AggregateCall, AggregateCall>
}

/** The groups of each value, and the aggregates of all rows, which are complete in the groups of their turn. */
function values(
  plan: LogicalAggregate,
  sets: readonly DistinctSet[],
  others: readonly AggregateCall[],
  turn: Expression | undefined,
  nextId: NextId,
): Values {
  const outer = new Map<AggregateCall, AggregateCall>()
  const isTurn = (number: number): Expression | undefined => turn && call('eq', BOOLEAN, [turn, literal(INT, number)])
  const keys = [...plan.keys]
  if (turn?.kind === 'attribute') keys.push(keep(turn))
  for (const set of sets) {
    const when = isTurn(set.turn)
    const columns = set.args.map((arg): NamedExpression => {
      return Object.freeze({ id: nextId(), name: '_distinct', expression: when ? onlyWhen(when, arg) : arg })
    })
    append(keys, columns)
    const args = columns.map((column) => reference(attributeOf(column)))
    for (const one of set.calls) outer.set(one, overValues(one, args, when))
  }
  const when = isTurn(0)
  const inner = others.map((one): AggregateCall => {
    const { filter: own, ...unfiltered } = one
    const filter = conjunction([...(when ? [when] : []), ...(own ? [own] : [])])
    return Object.freeze({ ...unfiltered, id: nextId(), ...(filter ? { filter } : {}) })
  })
  others.forEach((one, i) => {
    const args = [reference(inner[i]!)]
    const { name, type, origin } = one
    const base = {
      id: nextId(),
      name,
      type,
      nullable: true,
      fn: 'first',
      args,
      distinct: false,
      ...(origin ? { origin } : {}),
    } as const
    outer.set(one, Object.freeze({ ...base, ...(when ? { filter: when } : {}) }))
  })
  return { plan: Object.freeze({ kind: 'aggregate', input: plan.input, keys, aggregates: inner }), outer }
}

/** The aggregate over values that come once; of several, rows count where none is NULL. */
function overValues(one: AggregateCall, args: readonly Expression[], when: Expression | undefined): AggregateCall {
  const { filter: _, ...rest } = one
  const present = args.length > 1 ? args.map((arg) => call('is_not_null', BOOLEAN, [arg])) : []
  const filter = conjunction([...(when ? [when] : []), ...present])
  const needed = one.fn === 'count' ? args.slice(0, 1) : args
  return Object.freeze({ ...rest, distinct: false, args: needed, ...(filter ? { filter } : {}) })
}

/** The columns of the plan that was asked for. Without any row, counts are 0 and not NULL. */
function restored(plan: LogicalAggregate, outer: LogicalPlan): LogicalPlan {
  const projections = outputOf(plan).map((a, i) => {
    const column = outputOf(outer)[i]!
    const isCount = !a.nullable && column.nullable && a.type.kind === 'bigint' && i >= plan.keys.length
    const value = reference(column)
    const expression = isCount ? call('coalesce', BIGINT, [value, literal(BIGINT, 0n)]) : value
    return Object.freeze({ ...keep(a), expression })
  })
  return Object.freeze({ kind: 'project', input: outer, projections })
}
