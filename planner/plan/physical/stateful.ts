import type { Field } from '../../../columnar/types.js'
import type { SeveralRows, ValueInRow } from '../../../connectors/api.js'
import type { AggregateCall, Attribute, Expression, NamedExpression } from '../expression/expression.js'
import type { StatefulMapping, StateVariable, UserFunction } from '../expression/user-function.js'
import type { JoinKind } from '../join-kind.js'
import type { PhysicalPlan } from './plan.js'

/** The operators that keep state. */
export type PhysicalStateful =
  | PhysicalStateAggregate
  | PhysicalStateSessions
  | PhysicalDeduplicate
  | PhysicalStreamJoin
  | PhysicalTransformWithState

/** What the node of an operator that keeps state from batch to batch says of it. What its kind says is a `StatefulOperator` (planner/physical/operators). */
export interface KeptState {
  /** Which of the query's stateful operators it is; names its files. */
  readonly operatorId: number
  readonly parts: KeptParts
  /** What else it keeps, each with files of its own. */
  readonly others?: readonly Pick<KeptState, 'operatorId' | 'parts'>[]
  /** The watermarks below it: its view of event time is theirs. */
  readonly watermarks: readonly number[]
  /** How far this view stays behind them, for as long as operators below may hold rows. */
  readonly behindMicros?: bigint
}

/** All that shapes a state, part by part, so that another query can be told what it may go on from, and a reader what lies in the files. */
export interface KeptParts {
  /** What rows are found by. */
  readonly keys: readonly KeptPart[]
  readonly values: readonly KeptPart[]
  /** How long rows are kept and whatever else shapes them, in words: state that was kept under other words means something else. */
  readonly rule: string
  /** Present where keys may have several rows: which of those in files count. `true` in checkpoints of versions that did not say it: only the operator itself can read them. */
  readonly severalRows?: SeveralRows | true
  /** What of the keys and values says when a row expires, if rows expire. A number of microseconds, or a time. */
  readonly expires?: ValueInRow
  /** Present where rows are cells (planner/plan/state-cells.ts): what they are of. */
  readonly cells?: KeptCells
}

/** What cells are of: the columns that rows are grouped by, and the state variables in the order of their numbers. */
export interface KeptCells {
  readonly keys: readonly Field[]
  readonly variables: readonly StateVariable[]
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

/**
 * The same for session windows: rows that agree in the keys are one group where the times from their start to their end overlap or meet. These
 * two are the first aggregates, of which a row's are the first columns behind its keys.
 */
export interface PhysicalStateSessions {
  readonly kind: 'stateSessions'
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly state: KeptState
  readonly keys: readonly NamedExpression[]
  readonly aggregates: readonly AggregateCall[]
  readonly outputMode: Exclude<OutputMode, 'update'>
  /** Whether a session is final when the watermark is past its end. */
  readonly expires: boolean
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

/** The rows of two streams that match, whichever comes first: rows of both sides are kept as long as rows may come that match them. */
export interface PhysicalStreamJoin {
  readonly kind: 'streamJoin'
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan, PhysicalPlan]
  /** The left rows; those of the right side have the first other id. */
  readonly state: KeptState
  readonly type: StreamJoinKind
  readonly leftKeys: readonly Expression[]
  readonly rightKeys: readonly Expression[]
  /** For each pair of keys, whether NULL equals NULL. */
  readonly nullSafe: readonly boolean[]
  /** What must hold beside the keys, over left columns then right ones. */
  readonly condition?: Expression
  readonly sides: readonly [left: StreamJoinSide, right: StreamJoinSide]
  /** How long after its event time a row may come out; undefined where rows are kept for ever. */
  readonly holdsMicros?: bigint
}

export type StreamJoinKind = Exclude<JoinKind, 'left_anti'>

/** Whether rows of a side come out without a match, so that those are kept as well that can have none. */
export const isPreserved = (type: JoinKind, side: 0 | 1): boolean => type === 'full' || (type === 'left' && side === 0)

/** Whether rows of a side know if they have had a match. */
export const knowsMatches = (type: JoinKind, side: 0 | 1): boolean =>
  isPreserved(type, side) || (type === 'left_semi' && side === 0)

/** Over the columns of a side, in micros. */
export interface StreamJoinSide {
  /** By which its rows are late. */
  readonly eventTime?: Expression
  /** When the watermark is there, no row comes any more that matches; never where it is NULL. */
  readonly expiry?: Expression
  /** Of a side whose rows come out without a match: what must hold of a row that is to have one. */
  readonly condition?: Expression
}

/** The rows that objects of a class of the user, or a function, make of those of each group, of which they keep state. */
export interface PhysicalTransformWithState extends StatefulMapping {
  readonly kind: 'transformWithState'
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly state: KeptState
  readonly function: UserFunction
  /** The columns that the class gets, and the keys as the last of them. */
  readonly given: readonly NamedExpression[]
  readonly keys: number
  /** Of rows, by which they are late. */
  readonly eventTime?: Expression
  readonly hasWatermark: boolean
  /** Of a table, whose rows come once: nothing is kept when they have been handled. */
  readonly isOnce: boolean
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
