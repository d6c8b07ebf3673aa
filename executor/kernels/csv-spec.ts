import type { DataType } from '../../columnar/types.js'
import type { TextOptions } from '../../planner/plan/expression/text-options.js'
import { CSV_READING_SIGNS, CSV_WRITING_SIGNS, encodeCsvSigns } from '../../planner/plan/text-specs/csv-signs.js'
import { encodeTimeFormats } from '../../planner/plan/text-specs/time-formats.js'
import { encodeJsonSpec } from './json-spec.js'

/** Describes rows that are read as a struct, for the kernel csv_extract. @throws UNSUPPORTED_FEATURE for types it cannot make */
export const encodeCsvSpec = (type: DataType, options: TextOptions = {}): Uint8Array =>
  encodeCsvSigns({ ...CSV_READING_SIGNS, ...options }, encodeJsonSpec(type, options))

/** Describes rows that are written. */
export const encodeCsvWriting = (options: TextOptions = {}): Uint8Array =>
  encodeCsvSigns({ ...CSV_WRITING_SIGNS, ...options }, encodeTimeFormats(options, 'writing'))
