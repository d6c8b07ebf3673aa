import type { Schema } from '../../../columnar/types.js'
import type { ScanFilter, SourceDescription } from '../../../connectors/api.js'
import type { AggregateCall, Attribute, Expression, NamedExpression, SortOrder } from '../expression/expression.js'
import type { LiteralValue } from '../expression/literal.js'
import type { JoinKind } from '../join-kind.js'
import type { StageAdaptivity } from './adaptivity.js'
import type { PhysicalOrdered } from './ordered.js'
import type { Partitioning, RowNumbering } from './partitioning.js'
import type { StageSink, StageTasks } from './stage-parts.js'
import type { PhysicalStateful, PhysicalWatermark } from './stateful.js'
import type { PhysicalUserCode } from './user-code.js'
import type { PhysicalWindows } from './window.js'

/**
 * The physical plan: what runs, with every column bound by position (`BoundReference` into the child's output; for a
 * join's condition, the left columns then the right ones). The stage cutter replaces each `exchange` and `broadcast` by a
 * stage of its own and a `shuffleRead` or `broadcastRead` in its place; a stage's root is a `sink`. `attributes` are what
 * the operator outputs, kept on each node so that executors need no analysis.
 */
export type PhysicalPlan = Operator & Estimated

/** What was estimated of the rows that an operator gives, where that is to be told. */
export interface Estimated {
  readonly estimate?: { readonly rows: number; readonly bytes: number }
}

type Operator =
  | PhysicalScan
  | PhysicalLocal
  | PhysicalOneRow
  | PhysicalRange
  | PhysicalValues
  | PhysicalCachedScan
  | PhysicalShuffleRead
  | PhysicalBroadcastRead
  | PhysicalFilter
  | PhysicalProject
  | PhysicalAggregate
  | PhysicalStateful
  | PhysicalWindows
  | PhysicalHashJoin
  | PhysicalUnion
  | PhysicalReplicate
  | PhysicalExpand
  | PhysicalSample
  | PhysicalDraw
  | PhysicalUserCode
  | PhysicalNumbered
  | PhysicalRanged
  | PhysicalRangeBounds
  | PhysicalOrdered
  | PhysicalWatermark
  | PhysicalObserve
  | PhysicalExchange
  | PhysicalBroadcast

/** An operator that reads from outside its stage. */
export interface Leaf {
  readonly attributes: readonly Attribute[]
  readonly inputs?: never
}

interface Unary {
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
}

interface Binary {
  readonly attributes: readonly Attribute[]
  /** Of a join the probe side, then the build side. */
  readonly inputs: readonly [PhysicalPlan, PhysicalPlan]
}

/** Task i of the stage reads the splits the driver assigned to it. `scanId` tells several scans of a stage apart. */
export interface PhysicalScan extends Leaf {
  readonly kind: 'scan'
  readonly scanId: number
  readonly source: SourceDescription
  readonly columns: readonly string[]
  readonly filters: readonly ScanFilter[]
  readonly streaming: boolean
  /** Of a table in buckets: those that may have rows which pass the filters, where not all may. */
  readonly buckets?: readonly number[]
  /** Of a table in buckets: task i of the stage reads bucket i. */
  readonly isByBucket?: true
}

/** Session-held blocks, shipped with the task. */
export interface PhysicalLocal extends Leaf {
  readonly kind: 'local'
  readonly id: string
}

export interface PhysicalOneRow extends Leaf {
  readonly kind: 'oneRow'
}

export interface PhysicalRange extends Leaf {
  readonly kind: 'range'
  readonly start: bigint
  readonly end: bigint
  readonly step: bigint
  readonly partitions: number
}

/** Rows that the plan itself holds; the first task of the stage has them. */
export interface PhysicalValues extends Leaf {
  readonly kind: 'values'
  readonly rows: readonly (readonly LiteralValue[])[]
}

/** Reads partition i of a cached relation; the driver places task i where the partition is held. */
export interface PhysicalCachedScan extends Leaf {
  readonly kind: 'cachedScan'
  readonly cacheId: string
  /** Positions, in the cached relation, of the columns wanted. */
  readonly columns: readonly number[]
  /** All columns of the cached relation: how its blocks are laid out. */
  readonly relation: readonly Attribute[]
}

/** Every block other stages wrote for this task's partition. */
export interface PhysicalShuffleRead extends Leaf {
  readonly kind: 'shuffleRead'
  readonly stageId: number
}

/** All blocks of a stage, whole, in each task. */
export interface PhysicalBroadcastRead extends Leaf {
  readonly kind: 'broadcastRead'
  readonly stageId: number
}

export interface PhysicalFilter extends Unary {
  readonly kind: 'filter'
  readonly condition: Expression
}

export interface PhysicalProject extends Unary {
  readonly kind: 'project'
  readonly projections: readonly NamedExpression[]
}

/**
 * Hash aggregation. `partial` outputs keys then *state columns*, `final` takes those (keys first, then each aggregate's
 * state columns in order) and outputs keys then results, `complete` does both at once, and `merge` takes those and outputs
 * such again. State columns: `aggregateState` in `aggregate-state.ts`. Without keys, `final` and `complete` output exactly one row.
 */
export interface PhysicalAggregate extends Unary {
  readonly kind: 'aggregate'
  readonly mode: 'partial' | 'merge' | 'final' | 'complete'
  readonly keys: readonly NamedExpression[]
  readonly aggregates: readonly AggregateCall[]
  /** Of `merge`: for which rows, that go on as they are. It is over the input, whose first columns are those of the output. */
  readonly passes?: Expression
  /** Of `merge`: what else becomes of its groups. */
  readonly rollsUp?: RollUp
}

/** Groups are merged to those by other keys, which are merged in the same way: so many times. All of them go on. */
export interface RollUp {
  readonly times: number
  /** Keys and states of the next groups, over the output of the aggregate. */
  readonly columns: readonly Expression[]
}

/** Equi-join: builds on the right (`broadcastRead` or `shuffleRead` below it), probes with the left. Without keys it is a nested loop over the build side. A full join is never a broadcast: every task would output the unmatched rows. */
export interface PhysicalHashJoin extends Binary {
  readonly kind: 'hashJoin'
  readonly type: JoinKind
  /** True when the right side is a broadcast, whole in every task. */
  readonly broadcast: boolean
  readonly leftKeys: readonly Expression[]
  readonly rightKeys: readonly Expression[]
  /** How many buckets of tables the inputs lie in, by all of the keys, where they lie so. */
  readonly buckets?: number
  /** For each pair of keys, whether NULL equals NULL (`<=>`); otherwise NULL equals nothing. */
  readonly nullSafe: readonly boolean[]
  /** Of an anti join by one key (NOT IN): a NULL on either side may equal anything, so that its row has no place in the output unless the build side is empty. */
  readonly isNullAware: boolean
  /** What must hold beside the keys, over left columns then right ones. */
  readonly condition?: Expression
  /** Whether the right side may turn out to be small enough for a broadcast, although it is shuffled. */
  readonly mayBroadcast?: true
  /** Of a semi join with a broadcast that only spares work: it may pass rows that have no match. */
  readonly isFilter?: true
}

/** The rows of all inputs, whose columns have the same types: task i passes on what task i of each input would have. */
export interface PhysicalUnion {
  readonly kind: 'union'
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly PhysicalPlan[]
  /** For each input, whether one task would have all of its rows: of several tasks only the first runs it. */
  readonly inFirstTask: readonly boolean[]
  /** Whether the second input is read in the first batch of a stream alone. */
  readonly withInitial?: true
}

/** Passes each row on as many times as an expression over it says, a whole number that is never NULL. */
export interface PhysicalReplicate extends Unary {
  readonly kind: 'replicate'
  readonly times: Expression
  /** Whether the last column is the number of the copy, an int from 0 on. */
  readonly isNumbered: boolean
}

/** Passes each row on once for each of the copies, with the constants of the copy as its last columns. There is at least one copy. */
export interface PhysicalExpand extends Unary {
  readonly kind: 'expand'
  readonly copies: readonly (readonly LiteralValue[])[]
}

/** Passes on the rows whose number, drawn evenly from 0 up to 1 by the seed and the place of the row in its task, is at least `from` and less than `to`. */
export interface PhysicalSample extends Unary {
  readonly kind: 'sample'
  readonly from: number
  readonly to: number
  readonly seed: bigint
}

/** Adds as the last column what a kernel gives each row by a state that the task keeps, which begins with a seed. */
export interface PhysicalDraw extends Unary {
  readonly kind: 'draw'
  readonly kernel: string
  readonly seed: bigint
  /** Of texts how long they are, of orders of how many elements. */
  readonly length?: Expression
}

/** Adds a number as the last column: drawn evenly from all of 64 bits, by the task and the place of the row in it; or one less than a count, as an int. */
export interface PhysicalNumbered extends Unary {
  readonly kind: 'numbered'
  readonly by: RowNumbering
}

/**
 * Adds as the last column, an int, which of the ranges a row falls into that are divided by bounds, the rows of the second input: as many as
 * come before it by the orders, so that rows with equal keys fall into the same.
 */
export interface PhysicalRanged extends Binary {
  readonly kind: 'ranged'
  readonly orders: readonly SortOrder[]
  /** The same over the columns of the bounds. */
  readonly boundOrders: readonly SortOrder[]
}

/** Of all rows those that divide them into so many ranges of about as many rows each. */
export interface PhysicalRangeBounds extends Unary {
  readonly kind: 'rangeBounds'
  readonly orders: readonly SortOrder[]
  readonly partitions: number
}

/** Passes rows through, adds them up, and reports the state of the aggregates (`aggregateState`) with the task's result, under the id. */
export interface PhysicalObserve extends Unary {
  readonly kind: 'observe'
  readonly observationId: string
  readonly name: string
  readonly aggregates: readonly AggregateCall[]
}

/** Redistributes rows. Only before stages are cut. */
export interface PhysicalExchange extends Unary {
  readonly kind: 'exchange'
  readonly partitioning: Partitioning
  /** Whether the query says how many partitions there are. */
  readonly isAsked?: true
}

/** Collects the whole input for every task of the consumer. Only before stages are cut. */
export interface PhysicalBroadcast extends Unary {
  readonly kind: 'broadcast'
}

/** A stage: the same pipeline run once per partition by as many tasks. `tasks` is how many, unless scans decide. */
export interface Stage {
  readonly id: number
  readonly root: PhysicalPlan
  readonly sink: StageSink
  readonly schema: Schema
  /** Stages whose output this one reads; they run before. */
  readonly inputs: readonly number[]
  readonly tasks: StageTasks
  readonly adaptive?: StageAdaptivity
  /** What each of its operators does is measured, which takes time. */
  readonly isMeasured?: true
}

/** A query cut into stages, in an order in which each comes after its inputs; the last one is the result. */
export interface StageGraph {
  readonly stages: readonly Stage[]
}
