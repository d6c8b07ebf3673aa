import type { DataType, OfKind, PlainType, TypeKind } from '../types.js'
import { intervalRecord } from './interval.js'
import {
  bigintRecord,
  booleanRecord,
  decimalRecord,
  doubleRecord,
  floatRecord,
  intRecord,
  smallintRecord,
  tinyintRecord,
} from './numbers.js'
import { arrayRecord, binaryRecord, mapRecord, stringRecord, structRecord, voidRecord } from './others.js'
import type { PlainRecord, TypeRecord } from './record.js'
import { dateRecord, dayTimeRecord, timeRecord, timestampNtzRecord, timestampRecord, yearMonthRecord } from './times.js'
import { variantRecord } from './variant.js'

type AnyRecordOf<T extends DataType> = T extends PlainType ? PlainRecord<T> : TypeRecord<T>

/** What the types are in this layer: a type without a record does not compile. */
const RECORDS: { readonly [K in TypeKind]: AnyRecordOf<OfKind<K>> } = {
  void: voidRecord,
  boolean: booleanRecord,
  tinyint: tinyintRecord,
  smallint: smallintRecord,
  int: intRecord,
  bigint: bigintRecord,
  float: floatRecord,
  double: doubleRecord,
  decimal: decimalRecord,
  string: stringRecord,
  binary: binaryRecord,
  date: dateRecord,
  time: timeRecord,
  timestamp: timestampRecord,
  timestamp_ntz: timestampNtzRecord,
  interval_ym: yearMonthRecord,
  interval_dt: dayTimeRecord,
  interval: intervalRecord,
  variant: variantRecord,
  struct: structRecord,
  array: arrayRecord,
  map: mapRecord,
}

/** The record of a type, whose methods take that type. */
export const recordOf = (type: DataType): TypeRecord<DataType> => RECORDS[type.kind]

export const plainRecordOf = (type: PlainType): PlainRecord<PlainType> => RECORDS[type.kind]
