import type { Schema } from '../../../columnar/types.js'
import type { ScanFilter, SourceDescription } from '../../../connectors/api.js'
import type {
  AggregateCall,
  Attribute,
  Call,
  Expression,
  ExprId,
  NamedExpression,
  SortOrder,
  WindowCall,
} from '../expression/expression.js'
import type { LiteralValue } from '../expression/literal.js'
import type { PartitionMapping } from '../expression/user-function.js'
import type { JoinKind } from '../join-kind.js'
import type { MetricsObserver } from '../metrics-observer.js'
import type { RowDivision } from '../unresolved/relation.js'

/**
 * The resolved logical plan: relations whose columns have ids and types. What each node outputs is a function of the node
 * (`outputOf` in `output.ts`), never stored twice.
 */
export type LogicalPlan =
  | LogicalScan
  | LogicalLocal
  | LogicalOneRow
  | LogicalRange
  | LogicalValues
  | LogicalProject
  | LogicalFilter
  | LogicalAggregate
  | LogicalWindow
  | LogicalJoin
  | LogicalUnion
  | LogicalReplicate
  | LogicalExpand
  | LogicalSample
  | LogicalDraw
  | LogicalEvaluate
  | LogicalMapPartitions
  | LogicalRepartition
  | LogicalSort
  | LogicalLimit
  | LogicalWatermark
  | LogicalObserve
  | LogicalDeduplicate
  | LogicalCached

/** A connector's table. The optimizer narrows `output` to the columns used and fills `filters`. */
export interface LogicalScan {
  readonly kind: 'scan'
  readonly source: SourceDescription
  readonly output: readonly Attribute[]
  /** Filters the source may use to skip data; rows that fail them may still come, unless `exact`. */
  readonly filters: readonly ScanFilter[]
  readonly streaming: boolean
}

/** Rows held by the session (`createDataFrame`). */
export interface LogicalLocal {
  readonly kind: 'local'
  readonly id: string
  readonly output: readonly Attribute[]
  readonly schema: Schema
  readonly rows: number
}

/** One row without columns. */
export interface LogicalOneRow {
  readonly kind: 'oneRow'
}

export interface LogicalRange {
  readonly kind: 'range'
  readonly start: bigint
  readonly end: bigint
  readonly step: bigint
  /** How many tasks share it, where the query says. */
  readonly partitions?: number
  readonly output: readonly [Attribute]
}

/** Rows written in the query: an expression without columns for each cell, of the type of its column. */
export interface LogicalValues {
  readonly kind: 'values'
  readonly rows: readonly (readonly Expression[])[]
  readonly output: readonly Attribute[]
}

export interface LogicalProject {
  readonly kind: 'project'
  readonly input: LogicalPlan
  readonly projections: readonly NamedExpression[]
}

export interface LogicalFilter {
  readonly kind: 'filter'
  readonly input: LogicalPlan
  readonly condition: Expression
}

/** Outputs the keys, then the aggregates. A select list over them is a project above; DISTINCT has no aggregates. */
export interface LogicalAggregate {
  readonly kind: 'aggregate'
  readonly input: LogicalPlan
  readonly keys: readonly NamedExpression[]
  readonly aggregates: readonly AggregateCall[]
  /** Of a stream that is grouped by session windows. */
  readonly session?: Session
  /** Whether other groups in the plan are the same ones, which are made once: what is asked of some of them stays above. */
  readonly isShared?: true
}

/**
 * Among the aggregates that which is the least of starts and that which is the greatest of ends. Rows that agree in the keys are one group
 * where the times from their start to their end overlap or meet.
 */
export interface Session {
  readonly start: ExprId
  readonly end: ExprId
}

/** Outputs the columns of its input and what the calls give for each row: over the rows with equal partition keys, in an order. */
export interface LogicalWindow {
  readonly kind: 'window'
  readonly input: LogicalPlan
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortOrder[]
  readonly calls: readonly WindowCall[]
}

export interface LogicalJoin {
  readonly kind: 'join'
  readonly type: JoinKind
  readonly left: LogicalPlan
  readonly right: LogicalPlan
  readonly condition?: Expression
  readonly hint?: 'broadcast-left' | 'broadcast-right'
  /** Of a semi join that only spares work: a join above it drops the same rows, so that it may pass any of them. */
  readonly isFilter?: true
}

/** All rows of all inputs, whose columns have the same types. Column by column, they are given out under ids of the union's own. */
export interface LogicalUnion {
  readonly kind: 'union'
  readonly inputs: readonly LogicalPlan[]
  readonly output: readonly Attribute[]
  /** Of rows with those of a table that state of theirs begins with, which come once: in the first batch of a stream. */
  readonly withInitial?: true
}

/** Each row as many times as an expression over it says, a whole number that is never NULL. */
export interface LogicalReplicate {
  readonly kind: 'replicate'
  readonly input: LogicalPlan
  readonly times: Expression
  /** A further column: the number of the copy, an int from 0 on. */
  readonly number?: Attribute
}

/**
 * Each row once for each of the copies, with the constants of the copy in further columns. What differs from copy to copy is computed of these by a
 * projection above, so that filters on it are not taken for filters on the rows.
 */
export interface LogicalExpand {
  readonly kind: 'expand'
  readonly input: LogicalPlan
  /** For each copy a value of each added column. */
  readonly copies: readonly (readonly LiteralValue[])[]
  readonly added: readonly Attribute[]
}

/** The rows whose number, drawn evenly from 0 up to 1, is in a range. The numbers go by the place of a row in its task: nothing may be left out below. */
export interface LogicalSample {
  readonly kind: 'sample'
  readonly input: LogicalPlan
  readonly from: number
  readonly to: number
  readonly seed: bigint
}

/** The rows with a column more, which a call gives them that draws (`by: 'draw'`), by their place in their task: nothing may be left out below. */
export interface LogicalDraw {
  readonly kind: 'draw'
  readonly input: LogicalPlan
  readonly call: Call
  readonly column: Attribute
}

/** The rows with further columns, which functions of the user give them. */
export interface LogicalEvaluate {
  readonly kind: 'evaluate'
  readonly input: LogicalPlan
  readonly calls: readonly EvaluatedCall[]
}

/** A call of a function of the user, over the columns of the input, and the column that it becomes. */
export interface EvaluatedCall {
  readonly call: Call
  readonly column: Attribute
}

/** What a function of the user makes of the rows of each task, which have the columns `given`. */
export interface LogicalMapPartitions extends PartitionMapping {
  readonly kind: 'mapPartitions'
  readonly input: LogicalPlan
  readonly given: readonly NamedExpression[]
  readonly output: readonly Attribute[]
}

/** Rows divided anew among tasks, of which there are as many as of all exchanges unless `partitions` says. */
export interface LogicalRepartition {
  readonly kind: 'repartition'
  readonly input: LogicalPlan
  readonly by: RowDivision
  /** What rows are divided by; of ranges the orders. */
  readonly orders: readonly SortOrder[]
  readonly partitions?: number
}

export interface LogicalSort {
  readonly kind: 'sort'
  /** Whether all rows are ordered, or those of each task. */
  readonly isGlobal: boolean
  /** Whether it is there so that tasks fill one file after the other. */
  readonly isOfFiles?: true
  readonly input: LogicalPlan
  readonly orders: readonly SortOrder[]
}

export interface LogicalLimit {
  readonly kind: 'limit'
  readonly input: LogicalPlan
  readonly limit: number
  readonly offset: number
}

/** Declares `column` the event time of the rows; late ones (older than the watermark) may be dropped by stateful operators above. */
export interface LogicalWatermark {
  readonly kind: 'watermark'
  readonly input: LogicalPlan
  readonly column: ExprId
  readonly delayMicros: bigint
}

/** The rows as they are, which are counted and added up on the way. Nothing may be left out below. */
export interface LogicalObserve {
  readonly kind: 'observe'
  readonly input: LogicalPlan
  readonly name: string
  /** The observation as the query has it: several nodes have the same where it is read several times. */
  readonly instance: string
  readonly aggregates: readonly AggregateCall[]
  /** What is told: expressions over the aggregates. */
  readonly metrics: readonly NamedExpression[]
  readonly observer?: MetricsObserver
}

/** Of the rows of a stream that agree in their keys the first one. */
export interface LogicalDeduplicate {
  readonly kind: 'deduplicate'
  readonly input: LogicalPlan
  readonly keys: readonly ExprId[]
  /** Keys are forgotten when the watermark is past the row's event time and the delay. */
  readonly isWithinWatermark: boolean
  readonly eventTime?: EventTimeColumn
}

/** A column that a watermark declares the event time of rows. */
export interface EventTimeColumn {
  readonly column: ExprId
  readonly delayMicros: bigint
}

/** A relation whose rows the executors keep under `cacheId` once computed. */
export interface LogicalCached {
  readonly kind: 'cached'
  readonly input: LogicalPlan
  readonly cacheId: string
}

export type LogicalPlanKind = LogicalPlan['kind']
