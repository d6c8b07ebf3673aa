import type { Table } from 'apache-arrow'
import type { Decimal } from '../../columnar/decimal.js'
import type { Schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { TimeMode } from '../../planner/plan/expression/user-function.js'
import type { GroupingSet } from '../../planner/plan/unresolved/grouping-sets.js'
import type { PivotValue, UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { tellingCallerNow } from '../call-site.js'
import { Column, functionOf, nameOrColumn, toColumn } from '../column/column.js'
import type { ColumnOrLiteral } from '../column/column-base.js'
import type { AllChecked, ByName, Checked, NumbersOf, Pivoted, Selected } from '../column/column-types.js'
import type { DdlRow } from '../column/ddl-row.js'
import type { AnyRow, ColumnsOf, NumberValue, Value } from '../column/row.js'
import { count } from '../functions/general.js'
import type { AnyFunction } from '../user-code/any-function.js'
import type { GroupRowsOptions, GroupState, GroupStateOptions, OneRow } from '../user-code/group-state.js'
import type { CodeOptions } from '../user-code/shipped.js'
import type { GivingRows, OutputRows, StatefulProcessorClass } from '../user-code/stateful-processor.js'
import { type AnyGroups, type ArrowRows, CogroupedData, type MakeFrame } from './cogrouped-data.js'
import type { DataFrame } from './data-frame.js'
import { type CogroupSide, mappedGroups, type Over } from './mapped-partitions.js'
import type { GivenRow } from './relation-functions.js'
import { type GivenGroupFunction, groupsWithState, transformedGroups } from './stateful-groups.js'

/** How rows are grouped: by keys, in one set of all of them unless told otherwise, and by the values of a pivot column. */
export interface Groups {
  readonly input: UnresolvedRelation
  readonly keys: readonly Column[]
  readonly sets?: GroupingSetsOf | undefined
  readonly pivot?: Pick<Pivot, 'columns' | 'values'>
}

/** How a class that keeps state is used: by which clock timers run and state expires, and where its code comes from. */
export interface StatefulOptions extends CodeOptions {
  readonly timeMode?: TimeMode
  /** Groups of a table: their rows are given to `handleInitialState` in the first batch, before those of the stream. */
  readonly initialState?: AnyGroups
}

type Pivot = Extract<UnresolvedRelation, { kind: 'pivot' }>

/** Grouping sets by positions of keys. Keys that are in sets alone are no columns of the result. */
export interface GroupingSetsOf {
  readonly sets: readonly GroupingSet[]
  readonly hiddenKeys: readonly Column[]
}

type Numbers<R> = readonly [NumbersOf<R>, ...NumbersOf<R>[]]
type Names<R> = readonly [ColumnsOf<R>, ...ColumnsOf<R>[]]

/** Names of functions by the columns that they are of; `*` is all rows. */
export type AggregatesOf<R> = { readonly [C in ColumnsOf<R> | '*']?: string }

/** The columns that functions by columns give. */
export type NamedAggregates<M> = readonly {
  [C in keyof M & string]: Column<Value, C extends '*' ? `${M[C] & string}(1)` : `${Lowercase<M[C] & string>}(${C})`>
}[keyof M & string][]

/** Stands for the values of a pivot where there is none. */
export type NoPivot = { readonly '~pivot': 'none' }

type Grouped<R, K extends readonly unknown[], P, A extends readonly unknown[]> = [P] extends [NoPivot]
  ? Selected<R, readonly [...K, ...A]>
  : Pivoted<R, K, P, A>

/** Rows `R` in groups by keys `K`, and by the values `P` of a pivot, waiting for what is to be computed of each. The result has the keys first. */
export class GroupedData<R extends object = AnyRow, K extends readonly unknown[] = readonly unknown[], P = NoPivot> {
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
  pivot<const A extends Column | ColumnsOf<R>, const V extends readonly [ColumnOrLiteral, ...ColumnOrLiteral[]]>(
    column: Checked<R, A>,
    values: V,
  ): GroupedData<R, K, V[number]>
  pivot<const A extends Column | ColumnsOf<R>>(column: Checked<R, A>): GroupedData<R, K, unknown>
  pivot(column: unknown, values?: readonly ColumnOrLiteral[]): object {
    if (this.#groups.sets) throw new MillraceError('UNSUPPORTED_FEATURE.PIVOT_AFTER_GROUP_BY', {})
    if (this.#groups.pivot) throw new MillraceError('REPEATED_CLAUSE', { clause: 'PIVOT', operation: 'SUBQUERY' })
    if (values !== undefined && !Array.isArray(values))
      throw new MillraceError('INVALID_API_USE', { reason: `the values of a pivot are a list, not ${String(values)}` })
    const pivot = {
      columns: [nameOrColumn(column as Column | string).expression],
      ...(values ? { values: values.map((value) => pivotValue(toColumn(value).expression)) } : {}),
    }
    return new GroupedData(this.#frameOf, { ...this.#groups, pivot })
  }

  /** Aggregates, or of columns the names of functions: `agg({ price: 'max', '*': 'count' })`. */
  agg<const A extends readonly [Column, ...Column[]]>(
    ...aggregates: A & AllChecked<R, A>
  ): DataFrame<Grouped<R, K, P, A>>
  agg<const M extends AggregatesOf<R>>(functions: M): DataFrame<Grouped<R, K, P, NamedAggregates<M>>>
  agg(...aggregates: readonly (Column | AggregatesOf<AnyRow>)[]): object {
    return this.#aggregated(aggregateColumns(aggregates))
  }

  /** Rows of each group, as `count`. */
  count(): DataFrame<Grouped<R, K, P, readonly [Column<bigint, 'count'>]>> {
    return this.#aggregated([count().as('count')])
  }

  /** Of these columns, or of all columns of numbers that are no keys; so do `avg`, `min` and `max`. */
  sum(): DataFrame
  sum<const A extends Numbers<R>>(
    ...columns: A
  ): DataFrame<Grouped<R, K, P, { [I in keyof A]: Column<NumberValue, `sum(${A[I]})`> }>>
  sum(...columns: readonly string[]): object {
    return this.#each('sum', columns)
  }

  avg(): DataFrame
  avg<const A extends Numbers<R>>(
    ...columns: A
  ): DataFrame<Grouped<R, K, P, { [I in keyof A]: Column<number | Decimal | null, `avg(${A[I]})`> }>>
  avg(...columns: readonly string[]): object {
    return this.#each('avg', columns)
  }

  mean(): DataFrame
  mean<const A extends Numbers<R>>(
    ...columns: A
  ): DataFrame<Grouped<R, K, P, { [I in keyof A]: Column<number | Decimal | null, `avg(${A[I]})`> }>>
  mean(...columns: readonly string[]): object {
    return this.#each('avg', columns)
  }

  min(): DataFrame
  min<const A extends Names<R>>(
    ...columns: A
  ): DataFrame<Grouped<R, K, P, { [I in keyof A]: Column<ByName<A[I]> | null, `min(${A[I]})`> }>>
  min(...columns: readonly string[]): object {
    return this.#each('min', columns)
  }

  max(): DataFrame
  max<const A extends Names<R>>(
    ...columns: A
  ): DataFrame<Grouped<R, K, P, { [I in keyof A]: Column<ByName<A[I]> | null, `max(${A[I]})`> }>>
  max(...columns: readonly string[]): object {
    return this.#each('max', columns)
  }

  /** An aggregate of these columns, or of all columns of numbers. @throws UNSUPPORTED_FEATURE for all of a pivot */
  #each(name: string, columns: readonly string[]): object {
    if (columns.length > 0) return this.#aggregated(columns.map((column) => functionOf(name, nameOrColumn(column))))
    const { input, keys, sets, pivot } = this.#groups
    if (pivot)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'aggregates of all numeric columns of a pivot' })
    return this.#frameOf({
      kind: 'byColumns',
      input,
      shape: {
        kind: 'numericAggregates',
        name,
        keys: keys.map(({ expression }) => expression),
        groupBy: groupingKeys(keys, sets),
        ...(sets ? { sets: sets.sets } : {}),
      },
    })
  }

  /**
   * The rows that a function makes of each group, which it gets as a table of the `apache-arrow` package, with the values of the keys. A group must fit into memory.
   * @param schema of the rows that it gives, in DDL or as a Schema. @throws UNSUPPORTED_FEATURE for groups by other than `groupBy`, UDF_FREE_VARIABLES
   */
  applyInArrow<const T extends string>(
    fn: (table: Table, key: readonly Value[]) => ArrowRows | Promise<ArrowRows>,
    schema: T | Schema,
    options: CodeOptions = {},
  ): DataFrame<DdlRow<T>> {
    const entry = this.applyInArrow
    return this.#overGroups(entry, (groups) => mappedGroups(groups, groups.keys, { fn, schema, options, entry }))
  }

  /**
   * The rows that objects of a class make of the groups of a stream, of which they keep state from batch to batch; groups of a table come once. Fields of the class declare the state. Its code is sent as that of `udf`.
   * @param schema of the rows that it gives, in DDL or as a Schema. @throws UDF_FREE_VARIABLES, UNSUPPORTED_FEATURE for groups by other than `groupBy`
   */
  transformWithState<const T extends string, O extends object>(
    processor: StatefulProcessorClass<R, O> & GivingRows<O, GivenRow<DdlRow<T>>>,
    schema: T | Schema,
    { timeMode = 'none', initialState, ...options }: StatefulOptions = {},
  ): DataFrame<DdlRow<T>> {
    const entry = this.transformWithState
    const given = { processor, schema, timeMode, options, entry }
    return this.#overGroups(entry, (groups) =>
      transformedGroups(groups, { ...given, initialState: initialState?.plainGroups('initialState') }),
    )
  }

  /**
   * The rows that a function makes of each group of a stream that has rows in a batch, or has timed out. It gets the state of the group, a row that it keeps from batch to batch; of a
   * table no group has one. The function is sent as that of `udf`.
   * @param schema of the rows that it gives, `stateSchema` of the state. @throws UDF_FREE_VARIABLES, UNSUPPORTED_FEATURE for groups by other than `groupBy`
   */
  flatMapGroupsWithState<const T extends string, const S extends string>(
    fn: (key: readonly Value[], rows: Iterable<R>, state: GroupState<DdlRow<S>>) => OutputRows<GivenRow<DdlRow<T>>>,
    schema: T | Schema,
    stateSchema: S | Schema,
    { outputMode, ...options }: GroupRowsOptions,
  ): DataFrame<DdlRow<T>> {
    const entry = this.flatMapGroupsWithState
    return this.#withState({ fn, schema, stateSchema, groupState: { gives: 'rows', outputMode }, entry }, options)
  }

  /** The same of a function that gives one row of each group; for output mode `update`. */
  mapGroupsWithState<const T extends string, const S extends string>(
    fn: (key: readonly Value[], rows: Iterable<R>, state: GroupState<DdlRow<S>>) => OneRow<GivenRow<DdlRow<T>>>,
    schema: T | Schema,
    stateSchema: S | Schema,
    options: GroupStateOptions = {},
  ): DataFrame<DdlRow<T>> {
    const entry = this.mapGroupsWithState
    return this.#withState(
      { fn, schema, stateSchema, groupState: { gives: 'row', outputMode: 'update' }, entry },
      options,
    )
  }

  #withState<S extends object>(
    given: Omit<GivenGroupFunction, 'timeMode' | 'options' | 'initialState'>,
    { timeoutConf = 'none', initialState, ...options }: GroupStateOptions,
  ): DataFrame<S> {
    return this.#overGroups(given.entry, (groups) => {
      const begun = initialState?.plainGroups('initialState')
      return groupsWithState(groups, { ...given, timeMode: timeoutConf, options, initialState: begun })
    })
  }

  /** The groups of two DataFrames by keys together, for a function that gets those of the same keys. @throws UNSUPPORTED_FEATURE for groups by other than `groupBy` */
  cogroup(other: AnyGroups): CogroupedData {
    const sides = tellingCallerNow(
      this.cogroup,
      () => [this.plainGroups('cogroup'), other.plainGroups('cogroup')] as const,
    )
    return new CogroupedData(this.#frameOf, sides)
  }

  /** The rows and keys of groups by nothing but keys. @throws UNSUPPORTED_FEATURE */
  plainGroups(method: string): CogroupSide {
    const { input, keys, sets, pivot } = this.#groups
    if (sets || pivot)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${method} of a pivot, a rollup or a cube` })
    const names = keys.map(({ expression }) => (expression.kind === 'alias' ? expression.name : undefined))
    return { plan: input, keys: keys.map(({ expression }) => new Column(withoutAlias(expression))), names }
  }

  /** What code makes of groups by nothing but keys. @param entry the method that was called */
  #overGroups<S extends object>(
    entry: AnyFunction,
    relationOf: (groups: Over & CogroupSide) => UnresolvedRelation,
  ): DataFrame<S> {
    return tellingCallerNow(entry, () => {
      const groups = this.plainGroups(entry.name)
      return this.#frameOf<S>(relationOf({ session: this.#frameOf(groups.plan).session, ...groups }))
    })
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
  const groupBy = groupingKeys(keys, sets)
  return { kind: 'aggregate', input, groupBy, ...(sets ? { sets: sets.sets } : {}), output: [...shown, ...computed] }
}

const pivotValue = (value: Column['expression']): PivotValue =>
  value.kind === 'alias' ? { cells: [value.child], name: value.name } : { cells: [value] }

/** Aggregates that are given as columns, or as names of functions by columns. */
export const aggregateColumns = (aggregates: readonly (Column | AggregatesOf<AnyRow>)[]): readonly Column[] =>
  aggregates.flatMap((one) =>
    one instanceof Column
      ? [one]
      : Object.entries(one).map(([column, name]) => functionOf(String(name).toLowerCase(), nameOrColumn(column))),
  )

const groupingKeys = (keys: readonly Column[], sets: GroupingSetsOf | undefined): Column['expression'][] =>
  [...keys, ...(sets?.hiddenKeys ?? [])].map((key) => withoutAlias(key.expression))

const withoutAlias = (e: Column['expression']): Column['expression'] => (e.kind === 'alias' ? e.child : e)
