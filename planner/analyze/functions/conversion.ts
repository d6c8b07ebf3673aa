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
import type { Expression } from '../../plan/expression/expression.js'
import { explicitCast } from '../casts.js'
import { exactly, type FunctionDefinition, type FunctionTable } from './definition.js'

/** A function named like a type is a cast to it. */
const toType = (type: DataType): FunctionDefinition =>
  exactly(1, ([value], site): Expression => explicitCast(value!, type, 'ansi', site))

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
}
