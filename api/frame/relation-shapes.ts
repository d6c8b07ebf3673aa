import type { Schema } from '../../columnar/types.js'
import { cube, rollup } from '../../planner/plan/unresolved/grouping-sets.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseSchema } from '../../planner/sql/types.js'
import { tellingCaller, tellingCallerNow } from '../call-site.js'
import { type Column, nameOrColumn } from '../column/column.js'
import type { AllChecked, WithNulls } from '../column/column-types.js'
import type { DdlRow } from '../column/ddl-row.js'
import type { Literal } from '../column/literal.js'
import type { AnyRow, Both, ColumnsOf } from '../column/row.js'
import { querySettings } from '../engine/analysis-session.js'
import type { DataFrame } from './data-frame.js'
import { GroupedData, type GroupingSetsOf } from './grouped-data.js'
import type { OneOrMore } from './one-or-more.js'
import { RelationActions } from './relation-actions.js'
import { groupingSetsOf, numbered, unpivoted } from './reshape.js'
import { sampled, sampledBy, splitByChance } from './sample.js'
import { transposed } from './transposed.js'

/** What groups the rows of a relation, turns columns into rows, and takes a part of them by chance. */
export abstract class RelationShapes<R extends object = AnyRow> extends RelationActions<R> {
  protected abstract frameOf<S extends object>(plan: UnresolvedRelation): DataFrame<S>

  groupBy<const K extends readonly (Column | ColumnsOf<R> | `${ColumnsOf<R>}.${string}`)[]>(
    ...columns: K & AllChecked<R, K>
  ): GroupedData<R, K> {
    return this.#grouped<R, K>(columns)
  }

  /** Groups by all of the columns, by all but the last, and so on up to one group of all rows. What a group is not by is NULL. */
  rollup<const K extends readonly (Column | ColumnsOf<R> | `${ColumnsOf<R>}.${string}`)[]>(
    ...columns: K & AllChecked<R, K>
  ): GroupedData<WithNulls<R>, K> {
    return this.#grouped(columns, { sets: rollup(columns.map((_, i) => [i])), hiddenKeys: [] })
  }

  /** Groups by every choice of the columns, none among them. @throws QUERY_TOO_COMPLEX for more than 4096 */
  cube<const K extends readonly (Column | ColumnsOf<R> | `${ColumnsOf<R>}.${string}`)[]>(
    ...columns: K & AllChecked<R, K>
  ): GroupedData<WithNulls<R>, K> {
    return this.#grouped(columns, { sets: cube(columns.map((_, i) => [i])), hiddenKeys: [] })
  }

  /** Groups by each of some sets of columns. The result has the columns that are named behind the sets. */
  groupingSets<const K extends readonly (Column | ColumnsOf<R> | `${ColumnsOf<R>}.${string}`)[]>(
    sets: readonly (readonly (Column | ColumnsOf<R>)[])[],
    ...columns: K & AllChecked<R, K>
  ): GroupedData<WithNulls<R>, K> {
    return this.#grouped(columns, groupingSetsOf(sets, columns.length))
  }

  /**
   * The columns of a schema, found by their names and cast to its types; so are fields of structs. Columns that may be NULL and are not there are.
   * @param schema DDL or a Schema. @throws PARSE_SYNTAX_ERROR, and when it is analyzed NULLABLE_COLUMN_OR_FIELD, INVALID_COLUMN_OR_FIELD_DATA_TYPE, UNRESOLVED_COLUMN.WITH_SUGGESTION
   */
  to<const T extends string>(schema: T | Schema): DataFrame<DdlRow<T>> {
    return tellingCallerNow(this.to, () => {
      const wanted = typeof schema === 'string' ? parseSchema(schema, querySettings(this.session.config)) : schema
      return this.frameOf({ kind: 'byColumns', input: this.plan, shape: { kind: 'reconciled', schema: wanted } })
    })
  }

  /**
   * Each row once for each of the value columns, with its name and its value. `ids` are kept.
   * @param values all columns that are no `ids` when undefined
   */
  unpivot(
    ids: OneOrMore<Column | ColumnsOf<R>>,
    values: OneOrMore<Column | ColumnsOf<R>> | undefined,
    variableColumnName: string,
    valueColumnName: string,
  ): DataFrame {
    return this.frameOf(unpivoted(this.plan, ids, values, variableColumnName, valueColumnName))
  }

  /** About this part of the rows, by chance; the same for the same seed while rows lie as they do. @throws INVALID_API_USE for no part */
  sample(fraction: number, seed?: number | bigint): DataFrame<R> {
    return this.frameOf<R>(tellingCallerNow(this.sample, () => sampled(this.plan, fraction, seed)))
  }

  /**
   * Of the rows with each value of a column a part, by chance; of those whose value has no part none: `sampleBy('k', { a: 0.1 })`, or a Map by values that are no texts.
   * @throws INVALID_API_USE for no part
   */
  sampleBy(
    column: Column | ColumnsOf<R>,
    fractions: ReadonlyMap<Literal, number> | Readonly<Record<string, number>>,
    seed?: number | bigint,
  ): DataFrame<R> {
    const { expression } = nameOrColumn(column)
    return this.frameOf<R>(tellingCallerNow(this.sampleBy, () => sampledBy(this.plan, expression, fractions, seed)))
  }

  /** The rows divided by chance into parts of these sizes, in proportion; each row is in one of them. @throws INVALID_API_USE */
  randomSplit(weights: readonly number[], seed?: number | bigint): readonly DataFrame<R>[] {
    const parts = tellingCallerNow(this.randomSplit, () => splitByChance(this.plan, weights, seed))
    return parts.map((part) => this.frameOf<R>(part))
  }

  /** Another name of `unpivot`. */
  melt(...parameters: Parameters<DataFrame<R>['unpivot']>): DataFrame {
    return this.unpivot(...parameters)
  }

  /** Numbers the rows from 0 on, in the order in which tasks have them, in a column behind the others. */
  zipWithIndex<const N extends string = 'index'>(indexColName?: N): DataFrame<Both<R, { [K in N]: bigint }>>
  zipWithIndex(indexColName = 'index'): object {
    return this.frameOf(numbered(this.plan, indexColName))
  }

  /**
   * A row for each column but the index, of which the names are in `key`, and a column for each row, called by its value of the index. It is
   * computed now; at most 500 rows become columns.
   * @param indexColumn the first one when undefined. @throws TRANSPOSE_EXCEED_ROW_LIMIT, TRANSPOSE_NO_LEAST_COMMON_TYPE
   */
  transpose(indexColumn?: ColumnsOf<R>): Promise<DataFrame> {
    return tellingCaller(this.transpose, () => transposed(this.session, this.query, indexColumn))
  }

  #grouped<S extends object, K extends readonly unknown[]>(
    columns: readonly (Column | string)[],
    sets?: GroupingSetsOf,
  ): GroupedData<S, K> {
    const groups = { input: this.plan, keys: columns.map(nameOrColumn), sets }
    return new GroupedData<S, K>((plan) => this.frameOf(plan), groups)
  }
}
