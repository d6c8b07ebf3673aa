import * as avro from './interface/avro.js'
import * as blockBuilder from './interface/block-builder.js'
import * as calendar from './interface/calendar.js'
import * as csvSpec from './interface/csv-spec.js'
import * as draw from './interface/draw.js'
import * as interval from './interface/interval.js'
import * as jsonSpec from './interface/json-spec.js'
import * as kafkaAppend from './interface/kafka-append.js'
import * as kafkaRecords from './interface/kafka-records.js'
import * as keyedState from './interface/keyed-state.js'
import * as narrow from './interface/narrow.js'
import * as numberPattern from './interface/number-pattern.js'
import * as packed from './interface/packed.js'
import * as parquet from './interface/parquet.js'
import * as parquetNested from './interface/parquet-nested.js'
import * as pattern from './interface/pattern.js'
import * as postgres from './interface/postgres.js'
import * as rounding from './interface/rounding.js'
import * as rows from './interface/rows.js'
import * as stateRuns from './interface/state-runs.js'
import * as table from './interface/table.js'
import * as text from './interface/text.js'
import * as textDictionary from './interface/text-dictionary.js'
import * as textLines from './interface/text-lines.js'
import * as textShapes from './interface/text-shapes.js'
import * as timeFormats from './interface/time-formats.js'
import * as timePattern from './interface/time-pattern.js'
import * as variant from './interface/variant.js'
import * as zoneRules from './interface/zone-rules.js'

/** Every constant that the host and generated code share with the kernels, as they were built with it. */
export const LAYOUT: Readonly<Record<string, number>> = {
  ...avro,
  ...blockBuilder,
  ...calendar,
  ...csvSpec,
  ...draw,
  ...interval,
  ...jsonSpec,
  ...kafkaAppend,
  ...kafkaRecords,
  ...keyedState,
  ...narrow,
  ...numberPattern,
  ...packed,
  ...parquet,
  ...parquetNested,
  ...pattern,
  ...postgres,
  ...rounding,
  ...rows,
  ...stateRuns,
  ...table,
  ...text,
  ...textDictionary,
  ...textLines,
  ...textShapes,
  ...timeFormats,
  ...timePattern,
  ...variant,
  ...zoneRules,
}
