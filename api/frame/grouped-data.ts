import type { Decimal } from '../../columnar/decimal.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { GroupingSet } from '../../planner/plan/unresolved/grouping-sets.js'
import type { PivotValue, UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { type Column, type ColumnOrLiteral, nameOrColumn, toColumn } from '../column/column.js'
import type { AllChecked, ByName, Checked, Selected } from '../column/column-types.js'
import type { AnyRow, ColumnsOf, NumberValue } from '../column/row.js'
import { avg, count, max, min, sum } from '../functions/general.js'
import type { DataFrame } from './data-frame.js'

/** A DataFrame of a plan, in the session of another. */
export type MakeFrame = <S extends object>(plan: UnresolvedRelation) => DataFrame<S>

/** How rows are grouped: by keys, in one set of all of them unless told otherwise, and by the values of a pivot column. */
export interface Groups {
  readonly input: UnresolvedRelation
  readonly keys: readonly Column[]
  readonly sets?: GroupingSetsOf | undefined
  readonly pivot?: Pick<Pivot, 'columns' | 'values'>
}

type Pivot = Extract<UnresolvedRelation, { kind: 'pivot' }>

/** Grouping sets by positions of keys. Keys that are in sets alone are no columns of the result. */
export interface GroupingSetsOf {
  readonly sets: readonly GroupingSet[]
  readonly hiddenKeys: readonly Column[]
}

/** Rows `R` in groups by keys `K`, waiting for what is to be computed of each. The result has the keys first. */
export class GroupedData<R extends object = AnyRow, K extends readonly unknown[] = readonly unknown[]> {
  readonly #frameOf: MakeFrame
  readonly #groups: Groups

  constructor(frameOf: MakeFrame, groups: Groups) {
    this.#frameOf = frameOf
    this.#groups = groups
  }

  /**
   * The aggregates once for each value of a column, of the rows that have it; a value that is a column with a name (`as`) gives it to its columns.
   * Without values a job finds them, at most `pivotMaxValues`, when the query is first analyzed.
   * @throws UNSUPPORTED_FEATURE.PIVOT_AFTER_GROUP_BY for groups by other than `groupBy`, REPEATED_CLAUSE for a second pivot
   */
  pivot<const A extends Column | ColumnsOf<R>>(
    column: Checked<R, A>,
    values?: readonly [ColumnOrLiteral, ...ColumnOrLiteral[]],
  ): GroupedData {
    if (this.#groups.sets) throw new MillraceError('UNSUPPORTED_FEATURE.PIVOT_AFTER_GROUP_BY', {})
    if (this.#groups.pivot) throw new MillraceError('REPEATED_CLAUSE', { clause: 'PIVOT', operation: 'SUBQUERY' })
    const pivot = {
      columns: [nameOrColumn(column as Column | string).expression],
      ...(values ? { values: values.map((value) => pivotValue(toColumn(value).expression)) } : {}),
    }
    return new GroupedData(this.#frameOf, { ...this.#groups, pivot })
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
    return this.#frameOf<S>(aggregated(this.#groups, aggregates))
  }
}

/** The relation of keys and what is computed of each group. */
export function aggregated({ input, keys, sets, pivot }: Groups, aggregates: readonly Column[]): UnresolvedRelation {
  const shown = keys.map(({ expression }) => expression)
  const computed = aggregates.map(({ expression }) => expression)
  if (pivot) return { kind: 'pivot', input, groupBy: shown, aggregates: computed, ...pivot }
  const groupBy = [...keys, ...(sets?.hiddenKeys ?? [])].map((key) => withoutAlias(key.expression))
  return { kind: 'aggregate', input, groupBy, ...(sets ? { sets: sets.sets } : {}), output: [...shown, ...computed] }
}

const pivotValue = (value: Column['expression']): PivotValue =>
  value.kind === 'alias' ? { cells: [value.child], name: value.name } : { cells: [value] }

/** @throws UNSUPPORTED_FEATURE without names: which columns are numbers is not known yet */
function each(columns: readonly string[], aggregate: (name: string) => Column): Column[] {
  if (columns.length === 0)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'aggregates of all numeric columns' })
  return columns.map((name) => aggregate(name))
}

const withoutAlias = (e: Column['expression']): Column['expression'] => (e.kind === 'alias' ? e.child : e)
