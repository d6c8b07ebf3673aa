import { startEngine } from './local.js'
import { Session as StartedSession } from './session.js'
import { SessionBuilder } from './session-builder.js'

/** The entry of the package: `await Session.builder().master('local[2]').getOrCreate()`. */
export class Session extends StartedSession {
  static builder(): SessionBuilder {
    return new SessionBuilder(startEngine)
  }
}

export { CalendarDate } from '../columnar/calendar-date.js'
export { Decimal } from '../columnar/decimal.js'
export { TimeOfDay } from '../columnar/time-of-day.js'
export { Timestamp } from '../columnar/timestamp.js'
export type { DataType, Field, Schema } from '../columnar/types.js'
export * as types from '../columnar/types.js'
export { Variant } from '../columnar/variant.js'
export { MillraceError } from '../common/errors/millrace-error.js'
export type { StreamingQueryProgress } from '../driver/index.js'
export { Column, type ColumnOrLiteral, col, expr, lit } from './column.js'
export { DataFrame } from './data-frame.js'
export type { DataFrameReader } from './data-frame-reader.js'
export type { DataFrameWriter } from './data-frame-writer.js'
export type { DataStreamWriter } from './data-stream-writer.js'
export type { Trigger } from './engine.js'
export { udf } from './functions/general.js'
export { functions } from './functions/index.js'
export type { GroupedData } from './grouped-data.js'
export type { JoinName } from './join.js'
export { jsonReplacer } from './json-replacer.js'
export type { Literal } from './literal.js'
export type { ParameterValues } from './parameters.js'
export type { AnyRow, Value } from './row.js'
export type { SessionBuilder } from './session-builder.js'
export type { StreamingQuery } from './streaming-query.js'
export type { TableWriter } from './table-writer.js'
export { Window, WindowSpec } from './window.js'
