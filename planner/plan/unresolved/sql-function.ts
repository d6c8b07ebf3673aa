import type { DataType, Schema, StructType } from '../../../columnar/types.js'
import type { PartitionMapping, UserAggregator, UserFunction } from '../expression/user-function.js'
import type { FunctionSettings } from '../query-settings.js'
import type { UnresolvedExpression } from './expression.js'
import type { UnresolvedRelation } from './relation.js'

export interface SqlParameter {
  readonly name: string
  readonly type: DataType
  /** What it gets where a call has no argument for it. */
  readonly byDefault?: UnresolvedExpression
}

interface Signature {
  /** As messages have it: with catalog and database, or alone for a temporary one. */
  readonly name: readonly string[]
  readonly parameters: readonly SqlParameter[]
  readonly settings: FunctionSettings
}

/** A function written in SQL that gives a value. A query as its body is a scalar subquery. */
export interface ScalarSqlFunction extends Signature {
  readonly kind: 'scalar'
  /** Absent while that is found out, as what the body gives. */
  readonly returns?: DataType
  readonly body: UnresolvedExpression
}

/** A function written in SQL that gives rows. */
export interface TableSqlFunction extends Signature {
  readonly kind: 'table'
  /** Absent while these are found out. */
  readonly columns?: readonly { readonly name: string; readonly type: DataType }[]
  readonly body: UnresolvedRelation
}

/** A function written in SQL as a call finds it: all that its body names has been put in its place. */
export type SqlFunction = ScalarSqlFunction | TableSqlFunction

/** A function of the user's program that gives a value of a row. */
export interface ScalarUserFunction {
  readonly kind: 'user'
  readonly name: readonly string[]
  readonly function: UserFunction
  readonly returns: DataType
}

/** An aggregate of the user's program. */
export interface AggregateUserFunction {
  readonly kind: 'userAggregate'
  readonly name: readonly string[]
  readonly function: Omit<UserAggregator, 'form' | 'returns' | 'takes'>
  readonly returns: DataType
}

/** A function of the user's program that gives rows of these columns. */
export interface TableUserFunction {
  readonly kind: 'userTable'
  readonly name: readonly string[]
  readonly function: UserFunction
  readonly returns: StructType
}

/** What the user's program has registered, or calls. */
export type ProgramFunction = ScalarUserFunction | AggregateUserFunction | TableUserFunction

/** What a name may call that is no function of the engine. */
export type WrittenFunction = SqlFunction | ProgramFunction

export const isSqlFunction = (written: WrittenFunction): written is SqlFunction =>
  written.kind === 'scalar' || written.kind === 'table'

/** What a function of the user's program makes of the rows of each task: rows of this schema. */
export interface MappedPartitions extends PartitionMapping {
  readonly kind: 'mapPartitions'
  readonly input: UnresolvedRelation
  readonly schema: Schema
}
