import { col, expr, lit } from '../column/column.js'
import { arrowUdf } from '../user-code/arrow-udf.js'
import { udaf } from '../user-code/udaf.js'
import { udf } from '../user-code/udf.js'
import { udtf } from '../user-code/udtf.js'
import * as aggregates from './aggregates.js'
import * as arrays from './arrays.js'
import * as avro from './avro.js'
import * as bits from './bits.js'
import * as characters from './characters.js'
import * as dates from './dates.js'
import * as digests from './digests.js'
import * as formats from './formats.js'
import * as general from './general.js'
import * as generators from './generators.js'
import * as inputFiles from './input-files.js'
import * as intervals from './intervals.js'
import * as math from './math.js'
import * as numbers from './numbers.js'
import * as protobuf from './protobuf.js'
import * as random from './random.js'
import * as session from './session.js'
import * as sketches from './sketches.js'
import * as texts from './texts.js'
import * as variants from './variants.js'
import * as vectors from './vectors.js'
import * as windows from './windows.js'
import * as xml from './xml.js'

/** The functions that DataFrames are written with, by theme a file each, under Spark's names in camel case: `functions.sum('amount')`. */
export const functions = {
  col,
  column: col,
  expr,
  lit,
  udf,
  arrowUdf,
  udaf,
  udtf,
  ...general,
  ...aggregates,
  ...arrays,
  ...bits,
  ...characters,
  ...dates,
  ...digests,
  ...formats,
  ...generators,
  ...intervals,
  ...inputFiles,
  ...math,
  ...numbers,
  ...protobuf,
  ...random,
  ...session,
  ...sketches,
  ...texts,
  ...variants,
  ...vectors,
  ...windows,
  ...avro,
  ...xml,
}
