import type { DataType, Schema } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import type { Buckets, KnownPartitions, SourceDescription } from '../../../connectors/api.js'
import type { QuerySettings } from '../query-settings.js'
import type { ColumnShape } from './column-shape.js'
import type { Distinct } from './distinct.js'
import type { UnresolvedCall, UnresolvedExpression } from './expression.js'
import type { GroupingSet } from './grouping-sets.js'
import type { Noted } from './noted.js'
import type { MappedPartitions, SqlFunction, TableUserFunction } from './sql-function.js'

/** Relations by name, close to the relation messages of Spark Connect; what every front end produces. */
export type UnresolvedRelation =
  /** A table, a view, a CTE or ``format.`path` ``: `['t']`, `['db', 't']`, `['parquet', '/data/x.parquet']`. */
  | { readonly kind: 'table'; readonly name: readonly string[]; readonly origin?: Origin }
  /** `read.format(f).options(…).load(paths)`, or `readStream` when `streaming`. */
  | {
      readonly kind: 'dataSource'
      readonly format: string
      readonly options: Readonly<Record<string, string>>
      readonly paths: readonly string[]
      readonly schema?: Schema
      readonly streaming: boolean
      /** Of a table whose catalog knows them. */
      readonly partitions?: KnownPartitions
      /** Of a table whose catalog says so: how its files are divided. */
      readonly buckets?: Buckets
      /** What a catalog knows of the rows, in place of what the source does not tell. */
      readonly statistics?: NonNullable<SourceDescription['statistics']>
      readonly origin?: Origin
    }
  /** `createDataFrame`: blocks held by the session under this id, which it frees when nothing reaches `held` any more; all copies of the node share that. */
  | {
      readonly kind: 'localRelation'
      readonly id: string
      readonly held: { readonly schema?: Schema }
      /** While a statement is still making the rows: when they are there. */
      readonly arrival?: Promise<void>
      /** Absent where it comes with the rows, and is `held` then. */
      readonly schema?: Schema
      readonly rows: number
    }
  /** `select 1`: one row without columns. */
  | { readonly kind: 'oneRow' }
  /** A call in FROM: `range(3)`; `columns` are the names that stand behind it. */
  | {
      readonly kind: 'tableFunction'
      readonly name: readonly string[]
      /** What the name means where no function of the engine has it. */
      readonly written?: SqlFunction | TableUserFunction
      readonly args: readonly UnresolvedExpression[]
      readonly columns?: readonly string[]
      readonly origin?: Origin
    }
  /** `LATERAL VIEW [OUTER] f(…) alias AS a, b`: each row with those that a generator makes of it. */
  | {
      readonly kind: 'lateralView'
      readonly input: UnresolvedRelation
      readonly call: UnresolvedCall
      /** Keeps rows of which the generator makes none. */
      readonly isOuter: boolean
      readonly alias: string
      readonly columns?: readonly string[]
    }
  /** `values (1, 'a'), (2, 'b')`; `columns` are the names that stand behind it. */
  | {
      readonly kind: 'values'
      readonly rows: readonly (readonly UnresolvedExpression[])[]
      readonly columns?: readonly string[]
      readonly origin?: Origin
    }
  | {
      readonly kind: 'project'
      readonly input: UnresolvedRelation
      readonly expressions: readonly UnresolvedExpression[]
      /** A condition over the functions of windows. */
      readonly qualify?: UnresolvedExpression
      readonly origin?: Origin
    }
  /** Replaces columns of the same name (case-insensitive), appends the rest. */
  | {
      readonly kind: 'withColumns'
      readonly input: UnresolvedRelation
      readonly columns: readonly { readonly name: string; readonly expression: UnresolvedExpression }[]
      /** Whether only columns that are there are replaced, each by its one name. */
      readonly mustExist?: boolean
      readonly origin?: Origin
    }
  /** What is made of the input once its columns are known. */
  | { readonly kind: 'byColumns'; readonly input: UnresolvedRelation; readonly shape: ColumnShape }
  /** Every column of a name (case-insensitive) gets another one; names that do not exist are no error, as in Spark. */
  | {
      readonly kind: 'withColumnsRenamed'
      readonly input: UnresolvedRelation
      readonly renames: readonly { readonly from: string; readonly to: string }[]
    }
  | {
      readonly kind: 'drop'
      readonly input: UnresolvedRelation
      /** All of a name, or the one that an expression means. */
      readonly columns: readonly (string | UnresolvedExpression)[]
    }
  | {
      readonly kind: 'filter'
      readonly input: UnresolvedRelation
      readonly condition: UnresolvedExpression
      readonly origin?: Origin
    }
  /**
   * GROUP BY. `output` is the whole select list (SQL), keys included or not; the DataFrame API passes keys then
   * aggregates. `groupBy` may hold ordinals (int literals) and aliases of `output`, or nothing but the name `all`. HAVING refers to both sides.
   */
  | {
      readonly kind: 'aggregate'
      readonly input: UnresolvedRelation
      readonly groupBy: readonly UnresolvedExpression[]
      /** Whether ordinals are those of the columns of the input, not of `output`. */
      readonly ordinalsOfInput?: true
      /** Of each grouping set the positions of its keys in `groupBy`; absent for one set of all keys. */
      readonly sets?: readonly GroupingSet[]
      readonly output: readonly UnresolvedExpression[]
      readonly having?: UnresolvedExpression
      readonly qualify?: UnresolvedExpression
      readonly origin?: Origin
    }
  /** The groups of the other columns, or by `groupBy`, with the aggregates of each value in columns of their own. */
  | {
      readonly kind: 'pivot'
      readonly input: UnresolvedRelation
      readonly groupBy?: readonly UnresolvedExpression[]
      readonly aggregates: readonly UnresolvedExpression[]
      readonly columns: readonly UnresolvedExpression[]
      /** Absent until they are found among the rows. */
      readonly values?: readonly PivotValue[]
      readonly origin?: Origin
    }
  /** Each row once for each group of columns, with these as values and the name of the group. Other columns are kept, or `ids` alone. */
  | {
      readonly kind: 'unpivot'
      readonly input: UnresolvedRelation
      readonly ids?: readonly UnresolvedExpression[]
      /** Absent for one of each column that is not kept. */
      readonly groups?: readonly UnpivotGroup[]
      readonly nameColumn: string
      readonly valueColumns: readonly string[]
      readonly includeNulls: boolean
      readonly origin?: Origin
    }
  | {
      readonly kind: 'join'
      readonly left: UnresolvedRelation
      readonly right: UnresolvedRelation
      readonly type: JoinType
      readonly condition?: UnresolvedExpression
      readonly using?: readonly string[]
      /** Whether the right side is a subquery that may use columns of the left one. */
      readonly lateral?: boolean
      /** USING all names that both sides have. */
      readonly natural?: boolean
      readonly nearest?: Nearest
      readonly hint?: 'broadcast-left' | 'broadcast-right'
      readonly origin?: Origin
    }
  /** The rows of the first input with, or without, those of the others; of a union any number of inputs, else two. */
  | {
      readonly kind: 'setOperation'
      readonly operation: SetOperation
      /** Whether equal rows are kept as often as they come. */
      readonly all: boolean
      readonly inputs: readonly UnresolvedRelation[]
      readonly byName?: UnionByName
      /** As `LogicalUnion.withInitial` says. */
      readonly withInitial?: true
      readonly origin?: Origin
    }
  /** The rows whose number, drawn evenly from 0 up to 1 and the same for the same seed, is at least `from` and less than `to`. */
  | {
      readonly kind: 'sample'
      readonly input: UnresolvedRelation
      readonly from: number
      readonly to: number
      readonly seed: bigint
      /** Whether equal rows are to draw equal numbers wherever they come from, so that samples of other ranges have no row of this one. */
      readonly isOrdered?: true
    }
  | {
      readonly kind: 'sort'
      readonly input: UnresolvedRelation
      readonly orders: readonly UnresolvedExpression[]
      /** Whether each task orders its rows only. */
      readonly inTasks?: true
    }
  /** Rows divided anew among tasks, of which there are as many as of all exchanges unless `partitions` says. */
  | {
      readonly kind: 'repartition'
      readonly input: UnresolvedRelation
      readonly by: RowDivision
      readonly expressions: readonly UnresolvedExpression[]
      readonly partitions?: number
    }
  /** Rows of which something was asked that is not done. */
  | { readonly kind: 'hint'; readonly input: UnresolvedRelation; readonly name: string }
  | {
      readonly kind: 'limit'
      readonly input: UnresolvedRelation
      /** `Number.MAX_SAFE_INTEGER` for all. */
      readonly limit: RowCount
      readonly offset: RowCount
      readonly origin?: Origin
    }
  | Distinct
  | {
      readonly kind: 'subqueryAlias'
      readonly input: UnresolvedRelation
      readonly alias: string
      /** What may stand before the alias, where it is the name of a table or view that lies there. */
      readonly namespace?: readonly string[]
      readonly columns?: readonly string[]
      /** What is said of its columns in place of what their tables say. */
      readonly comments?: readonly (string | undefined)[]
    }
  /** A view that is kept in the catalog, over its query. */
  | {
      readonly kind: 'storedView'
      readonly input: UnresolvedRelation
      /** Its own, as messages have it. */
      readonly name: string
      readonly columns: readonly StoredViewColumn[] | 'all'
      /** What is done with a column that has another type by now: nothing, or it is cast, if every value fits or in any case. */
      readonly mode: 'evolution' | 'binding' | 'compensation'
      /** How it is made again. */
      readonly suggestion: string
    }
  /** A query that keeps the settings that it was made with, as that of a view. */
  | { readonly kind: 'underSettings'; readonly input: UnresolvedRelation; readonly settings: QuerySettings }
  | {
      readonly kind: 'with'
      readonly ctes: readonly CommonTable[]
      readonly input: UnresolvedRelation
    }
  | Noted
  | MappedPartitions
  /** `DataFrame.cache()`: whatever is below, under the session's cache id. */
  | { readonly kind: 'cached'; readonly input: UnresolvedRelation; readonly cacheId: string }

/** A number of rows, or a constant expression that gives one. */
export type RowCount = number | UnresolvedExpression

/** A query under a name, seen by the query that it stands before. */
export interface CommonTable {
  readonly name: string
  readonly columns?: readonly string[]
  readonly relation: UnresolvedRelation
  /** Whether it may read itself, and how often at most. */
  readonly recursive?: { readonly maxLevels?: number }
}

/** A column of a view, and of which one of its query it is made. */
export interface StoredViewColumn {
  readonly name: string
  readonly comment?: string | undefined
  readonly type: DataType
  readonly from: string
}

export type UnresolvedRelationKind = UnresolvedRelation['kind']

/** What the columns of a PIVOT are compared with, and how the columns of its aggregates are called. */
export interface PivotValue {
  readonly cells: readonly UnresolvedExpression[]
  readonly name?: string
}

export interface UnpivotGroup {
  readonly columns: readonly UnresolvedExpression[]
  readonly name?: string
}

/** By the hash of expressions, by ranges in their order, one row after the other, or all rows of a task together. */
export type RowDivision = 'hash' | 'range' | 'inTurn' | 'byTask'

/** How columns are brought together that one input has and another has not. */
export type UnionByName = 'same columns' | 'missing columns are NULL'

export type SetOperation = 'union' | 'intersect' | 'except'

/** Of each left row only the `count` right rows that have the greatest or the least values of a ranking. */
export interface Nearest {
  readonly count: number
  readonly ranking: UnresolvedExpression
  readonly first: 'greatest' | 'least'
  readonly origin?: Origin
}

/** Join types of the dialect. */
export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'cross' | 'left_semi' | 'left_anti'

/** Spark's name for a derived table without one; columns are not called after it. */
export const UNNAMED_QUERY = '__auto_generated_subquery_name'
