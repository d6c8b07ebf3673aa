import {
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  INT,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TINYINT,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import { explicitCast } from '../casts.js'
import { between, exactly, type FunctionDefinition, type FunctionTable } from './definition.js'

/** A function named like a type is a cast to it. */
const toType = (type: DataType): FunctionDefinition =>
  exactly(1, ([value], site): Expression => explicitCast(value!, type, 'ansi', site))

/** A conversion with a format is not built; without one it is a cast. */
const parsed = (type: DataType): FunctionDefinition =>
  between(1, 2, ([value, format], site) => {
    if (format) {
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${site.name} with a format` }, { origin: site.origin })
    }
    return explicitCast(value!, type, 'ansi', site)
  })

export const CONVERSIONS: FunctionTable = {
  boolean: toType(BOOLEAN),
  tinyint: toType(TINYINT),
  smallint: toType(SMALLINT),
  int: toType(INT),
  bigint: toType(BIGINT),
  float: toType(FLOAT),
  double: toType(DOUBLE),
  decimal: toType(decimal(10, 0)),
  string: toType(STRING),
  binary: toType(BINARY),
  date: toType(DATE),
  timestamp: toType(TIMESTAMP),
  to_date: parsed(DATE),
  to_timestamp: parsed(TIMESTAMP),
}
