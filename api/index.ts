import { MillraceError } from '../common/errors/millrace-error.js'
import { startEngine } from './local.js'
import { activeSession } from './session/active-session.js'
import { Session as StartedSession } from './session/session.js'
import { SessionBuilder } from './session/session-builder.js'

/** The entry of the package: `await Session.builder().master('local[2]').getOrCreate()`. */
export class Session extends StartedSession {
  static builder(): SessionBuilder {
    return new SessionBuilder(startEngine)
  }

  /** The session that this process runs. @throws NO_ACTIVE_OR_DEFAULT_SESSION */
  static active(): StartedSession {
    const found = activeSession()
    if (found === undefined) throw new MillraceError('NO_ACTIVE_OR_DEFAULT_SESSION')
    return found
  }

  static getActiveSession(): StartedSession | undefined {
    return activeSession()
  }
}

export { Decimal } from '../columnar/decimal.js'
export { CalendarDate } from '../columnar/times/calendar-date.js'
export { CalendarInterval } from '../columnar/times/calendar-interval.js'
export { TimeOfDay } from '../columnar/times/time-of-day.js'
export { Timestamp } from '../columnar/times/timestamp.js'
export type { DataType, Field, Schema } from '../columnar/types.js'
export * as types from '../columnar/types.js'
export { Variant } from '../columnar/variant.js'
export type { BarrierTaskContext, BarrierTaskInfo } from '../common/barrier.js'
export type {
  CheckedPart,
  EngineEvent,
  EngineListener,
  EventFailure,
  EventOf,
  EventStage,
  EventTask,
  QueryIdleEvent,
  QueryProgressEvent,
  QueryStartedEvent,
  QueryTerminatedEvent,
  SchedulerPool,
  StreamingQueryProgress,
} from '../driver/index.js'
export { Column, col, expr, lit } from './column/column.js'
export type { ColumnOrLiteral } from './column/column-base.js'
export type { Literal } from './column/literal.js'
export type { AnyRow, Value } from './column/row.js'
export { Window, WindowSpec } from './column/window.js'
export { DataFrame } from './frame/data-frame.js'
export type { GroupedData } from './frame/grouped-data.js'
export type { JoinName } from './frame/join.js'
export type { DataFrameNaFunctions } from './frame/na-functions.js'
export { Observation } from './frame/observation.js'
export type { DataFrameStatFunctions } from './frame/stat-functions.js'
export { functions } from './functions/index.js'
export type { DataFrameReader } from './read/data-frame-reader.js'
export type { ParameterValues } from './session/parameters.js'
export type { SessionBuilder } from './session/session-builder.js'
export { jsonReplacer } from './show/json-replacer.js'
export type { DataStreamWriter } from './stream/data-stream-writer.js'
export type { ForeachWriter } from './stream/foreach-writer.js'
export type { Trigger } from './stream/stream-trigger.js'
export type { StreamingQuery } from './stream/streaming-query.js'
export type { StreamingQueryListener } from './stream/streaming-query-listener.js'
export { arrowUdf, type VectorResult } from './user-code/arrow-udf.js'
export type { GroupState } from './user-code/group-state.js'
export {
  type ExpiredTimerInfo,
  type ListState,
  type MapState,
  StatefulProcessor,
  type StatefulProcessorHandle,
  type TimerValues,
  type TtlOptions,
  type ValueState,
} from './user-code/stateful-processor.js'
export { type Aggregator, udaf } from './user-code/udaf.js'
export { type UdfOptions, type UserDefinedFunction, udf } from './user-code/udf.js'
export type { UDFRegistration } from './user-code/udf-registration.js'
export { type UserDefinedTableFunction, udtf } from './user-code/udtf.js'
export type { UDTFRegistration } from './user-code/udtf-registration.js'
export type { DataFrameWriter } from './write/data-frame-writer.js'
export type { MatchedRows, MergeAssignments, MergeIntoWriter, NotMatchedRows } from './write/merge-into-writer.js'
export type { TableWriter } from './write/table-writer.js'
export { MillraceError }
