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
  TIME,
  TIMESTAMP,
  TINYINT,
} from '../../../columnar/types.js'
import type { Expression } from '../../plan/expression/expression.js'
import { castMode } from '../session.js'
import { explicitCast } from '../types/casts.js'
import { collated, exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'

/** A function named like a type is a cast to it. */
const toType = (type: DataType): FunctionDefinition => ({
  ...exactly(1, ([value], site): Expression => explicitCast(value!, type, castMode(), site)),
  printed: { isCast: true },
})

export const CONVERSIONS: FunctionTable = collated('plain', {
  boolean: helped('(value)', 'The value as a `boolean`.', [["boolean('yes')", 'true']], toType(BOOLEAN)),
  tinyint: helped('(value)', 'The value as a `tinyint`.', [["tinyint('42')", '42']], toType(TINYINT)),
  smallint: helped('(value)', 'The value as a `smallint`.', [["smallint('42')", '42']], toType(SMALLINT)),
  int: helped('(value)', 'The value as an `int`.', [["int('42')", '42']], toType(INT)),
  bigint: helped('(value)', 'The value as a `bigint`.', [["bigint('42')", '42']], toType(BIGINT)),
  float: helped('(value)', 'The value as a `float`.', [["float('1.5')", '1.5']], toType(FLOAT)),
  double: helped('(value)', 'The value as a `double`.', [["double('1.5')", '1.5']], toType(DOUBLE)),
  decimal: helped('(value)', 'The value as a `decimal(10,0)`.', [["decimal('42')", '42']], toType(decimal(10, 0))),
  string: helped('(value)', 'The value as a text.', [['string(1.50)', '1.50']], toType(STRING)),
  binary: helped('(value)', 'The value as bytes.', [["binary('Spark')", '[53 70 61 72 6B]']], toType(BINARY)),
  date: helped('(value)', 'The value as a `date`.', [["date('2016-12-31 10:00:00')", '2016-12-31']], toType(DATE)),
  time: helped('(value)', 'The value as a `time`.', [["time('12:34:56.5')", '12:34:56.5']], toType(TIME)),
  timestamp: helped(
    '(value)',
    'The value as a `timestamp`.',
    [["timestamp('2016-12-31 10:00:00')", '2016-12-31 10:00:00']],
    toType(TIMESTAMP),
  ),
})
