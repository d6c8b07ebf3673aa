import type { Decimal } from '../columnar/decimal.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'
import type { Column } from './column.js'
import type { AllChecked, ByName, Selected } from './column-types.js'
import type { DataFrame } from './data-frame.js'
import { avg, count, max, min, sum } from './functions.js'
import type { AnyRow, ColumnsOf, NumberValue } from './row.js'

/** A DataFrame of a plan, in the session of another. */
export type MakeFrame = <S extends object>(plan: UnresolvedRelation) => DataFrame<S>

/** Rows `R` in groups by keys `K`, waiting for what is to be computed of each. The result has the keys first. */
export class GroupedData<R extends object = AnyRow, K extends readonly unknown[] = readonly unknown[]> {
  readonly #frameOf: MakeFrame
  readonly #input: UnresolvedRelation
  readonly #keys: readonly Column[]

  constructor(frameOf: MakeFrame, input: UnresolvedRelation, keys: readonly Column[]) {
    this.#frameOf = frameOf
    this.#input = input
    this.#keys = keys
  }

  agg<const A extends readonly [Column, ...Column[]]>(
    ...aggregates: A & AllChecked<R, A>
  ): DataFrame<Selected<R, readonly [...K, ...A]>> {
    return this.#aggregated(aggregates)
  }

  /** Rows of each group, as `count`. */
  count(): DataFrame<Selected<R, readonly [...K, Column<bigint, 'count'>]>> {
    return this.#aggregated([count().as('count')])
  }

  sum<const A extends readonly [ColumnsOf<R>, ...ColumnsOf<R>[]]>(
    ...columns: A
  ): DataFrame<Selected<R, readonly [...K, ...{ [I in keyof A]: Column<NumberValue, `sum(${A[I]})`> }]>> {
    return this.#aggregated(each(columns, sum))
  }

  avg<const A extends readonly [ColumnsOf<R>, ...ColumnsOf<R>[]]>(
    ...columns: A
  ): DataFrame<Selected<R, readonly [...K, ...{ [I in keyof A]: Column<number | Decimal | null, `avg(${A[I]})`> }]>> {
    return this.#aggregated(each(columns, avg))
  }

  min<const A extends readonly [ColumnsOf<R>, ...ColumnsOf<R>[]]>(
    ...columns: A
  ): DataFrame<Selected<R, readonly [...K, ...{ [I in keyof A]: Column<ByName<A[I]> | null, `min(${A[I]})`> }]>> {
    return this.#aggregated(each(columns, min))
  }

  max<const A extends readonly [ColumnsOf<R>, ...ColumnsOf<R>[]]>(
    ...columns: A
  ): DataFrame<Selected<R, readonly [...K, ...{ [I in keyof A]: Column<ByName<A[I]> | null, `max(${A[I]})`> }]>> {
    return this.#aggregated(each(columns, max))
  }

  #aggregated<S extends object>(aggregates: readonly Column[]): DataFrame<S> {
    return this.#frameOf<S>(aggregated(this.#input, this.#keys, aggregates))
  }
}

/** The relation of keys and what is computed of each group. */
export function aggregated(
  input: UnresolvedRelation,
  keys: readonly Column[],
  aggregates: readonly Column[],
): UnresolvedRelation {
  const output = [...keys, ...aggregates].map(({ expression }) =>
    expression.kind === 'function' && expression.name === 'window'
      ? ({ kind: 'alias', child: expression, name: 'window' } as const)
      : expression,
  )
  return { kind: 'aggregate', input, groupBy: keys.map((key) => withoutAlias(key.expression)), output }
}

/** @throws UNSUPPORTED_FEATURE without names: which columns are numbers is not known yet */
function each(columns: readonly string[], aggregate: (name: string) => Column): Column[] {
  if (columns.length === 0)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'aggregates of all numeric columns' })
  return columns.map((name) => aggregate(name))
}

const withoutAlias = (e: Column['expression']): Column['expression'] => (e.kind === 'alias' ? e.child : e)
