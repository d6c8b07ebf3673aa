import type { Field } from '../../../columnar/types.js'
import type { AggregateCall, Attribute, Expression, NamedExpression } from '../expression/expression.js'
import type { PhysicalPlan } from './plan.js'

/** The operators that keep state. */
export type PhysicalStateful = PhysicalStateAggregate | PhysicalDeduplicate

/** What the node of an operator that keeps state from batch to batch says of it. What its kind says is a `StatefulOperator` (planner/physical/operators). */
export interface KeptState {
  /** Which of the query's stateful operators it is; names its files. */
  readonly operatorId: number
  readonly parts: KeptParts
  /** The watermarks below it: its view of event time is theirs. */
  readonly watermarks: readonly number[]
}

/** All that shapes a state, part by part, so that another query can be told what it may go on from, and a reader what lies in the files. */
export interface KeptParts {
  /** What rows are found by. */
  readonly keys: readonly KeptPart[]
  readonly values: readonly KeptPart[]
  /** How long rows are kept and whatever else shapes them, in words: state that was kept under other words means something else. */
  readonly rule: string
  /** Which column of the keys and values says when a row expires, or which field of it, if rows expire. A number of microseconds, or a time. */
  readonly expires?: { readonly column: number; readonly field?: number }
}

/** One key, or what is kept of one aggregate. */
export interface KeptPart {
  /** In words, which do as those of `rule`. */
  readonly meaning: string
  /** As they lie in files. */
  readonly columns: readonly Field[]
}

/** The columns of a state's files. */
export const keptColumns = ({ keys, values }: Pick<KeptParts, 'keys' | 'values'>): readonly Field[] =>
  [...keys, ...values].flatMap(({ columns }) => columns)

/**
 * The stateful aggregate of a streaming query: merges partial rows of this batch into the state of its partition and outputs
 * what the output mode asks for.
 */
export interface PhysicalStateAggregate {
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly kind: 'stateAggregate'
  readonly state: KeptState
  readonly keys: readonly NamedExpression[]
  readonly aggregates: readonly AggregateCall[]
  readonly outputMode: OutputMode
  /** Event-time micros at or below which a group is final and evicted, as an expression over the keys; compared with the watermark. */
  readonly expiry?: Expression
}

/** Passes on rows whose keys are not among those that it keeps, and keeps these. */
export interface PhysicalDeduplicate {
  readonly kind: 'deduplicate'
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly state: KeptState
  readonly keys: readonly NamedExpression[]
  /** Of rows, by which they are late. */
  readonly eventTime?: Expression
  /** How long after the event time of its first row a key is forgotten; for ever it is kept without. */
  readonly keptMicros?: bigint
}

export type OutputMode = 'append' | 'update' | 'complete'

/** Passes rows through and reports the greatest value of the event-time column (by ordinal) with the task's result. */
export interface PhysicalWatermark {
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly kind: 'watermark'
  /** Which of the query's watermarks it is. */
  readonly watermarkId: number
  /** How far the watermark stays behind the greatest value. */
  readonly delayMicros: bigint
  readonly ordinal: number
}
