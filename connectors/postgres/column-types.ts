import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  INT,
  MAX_DECIMAL_PRECISION,
  SMALLINT,
  STRING,
  TIME,
  TIMESTAMP,
  TIMESTAMP_NTZ,
} from '../../columnar/types.js'

/** What a column of the server becomes. */
export interface ColumnType {
  readonly type: DataType
  /** As what the server is to send it, in SQL; undefined when as what it is. */
  readonly sentAs?: string
  /** The name of the type by which a value is compared with it; undefined when the server compares otherwise than we do. */
  readonly comparedAs?: string
}

/** The numbers of types that every server has. */
const OIDS = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  bpchar: 1042,
  varchar: 1043,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  uuid: 2950,
  jsonb: 3802,
} as const

const TEXT: ColumnType = { type: STRING }
/** The decimals of numbers that say none, as in Spark. */
const DEFAULT_SCALE = 18
/** A modifier says precision and scale above so many. */
const MODIFIER_OFFSET = 4
const SCALE_BITS = 11

const PLAIN: ReadonlyMap<number, ColumnType> = new Map<number, ColumnType>([
  [OIDS.bool, { type: BOOLEAN, comparedAs: 'bool' }],
  [OIDS.bytea, { type: BINARY }],
  [OIDS.int2, { type: SMALLINT, comparedAs: 'int2' }],
  [OIDS.int4, { type: INT, comparedAs: 'int4' }],
  [OIDS.int8, { type: BIGINT, comparedAs: 'int8' }],
  [OIDS.oid, { type: BIGINT, sentAs: 'int8' }],
  [OIDS.float4, { type: FLOAT, comparedAs: 'float4' }],
  [OIDS.float8, { type: DOUBLE, comparedAs: 'float8' }],
  [OIDS.text, { ...TEXT, comparedAs: 'text' }],
  [OIDS.varchar, { ...TEXT, comparedAs: 'text' }],
  // A cast would take the blanks at the end away.
  [OIDS.bpchar, TEXT],
  [OIDS.json, TEXT],
  [OIDS.date, { type: DATE, comparedAs: 'date' }],
  [OIDS.time, { type: TIME }],
  [OIDS.timestamp, { type: TIMESTAMP_NTZ, comparedAs: 'timestamp' }],
  [OIDS.timestamptz, { type: TIMESTAMP, comparedAs: 'timestamptz' }],
])

/** The numbers of types of arrays, and those of their elements. */
const ELEMENTS: ReadonlyMap<number, number> = new Map([
  [1000, OIDS.bool],
  [1001, OIDS.bytea],
  [1016, OIDS.int8],
  [1005, OIDS.int2],
  [1007, OIDS.int4],
  [1009, OIDS.text],
  [1028, OIDS.oid],
  [199, OIDS.json],
  [1021, OIDS.float4],
  [1022, OIDS.float8],
  [1014, OIDS.bpchar],
  [1015, OIDS.varchar],
  [1182, OIDS.date],
  [1183, OIDS.time],
  [1115, OIDS.timestamp],
  [1185, OIDS.timestamptz],
  [1231, OIDS.numeric],
  [2951, OIDS.uuid],
  [3807, OIDS.jsonb],
])

/** What a column is read as; those of types that are not known here as their texts. */
export function columnType(oid: number, modifier: number): ColumnType {
  const element = ELEMENTS.get(oid)
  if (element !== undefined) return arrayOf(columnType(element, modifier))
  if (oid === OIDS.numeric) return numericType(modifier)
  return PLAIN.get(oid) ?? { type: STRING, sentAs: 'text' }
}

/** The server is asked for nothing about them but whether they are NULL. */
const arrayOf = ({ type, sentAs }: ColumnType): ColumnType => ({
  type: array(type),
  ...(sentAs === undefined ? {} : { sentAs: `${sentAs}[]` }),
})

/** Numbers of the server have any precision, also negative scales and ones beyond the precision. */
function numericType(modifier: number): ColumnType {
  if (modifier < 0) return castTo(MAX_DECIMAL_PRECISION, DEFAULT_SCALE)
  const precision = (modifier - MODIFIER_OFFSET) >> 16
  const scale =
    (((modifier - MODIFIER_OFFSET) & (2 ** SCALE_BITS - 1)) ^ (2 ** (SCALE_BITS - 1))) - 2 ** (SCALE_BITS - 1)
  const isOurs = precision <= MAX_DECIMAL_PRECISION && scale >= 0 && scale <= precision
  if (isOurs) return { type: decimal(precision, scale), comparedAs: 'numeric' }
  if (scale < 0) return castTo(Math.min(precision - scale, MAX_DECIMAL_PRECISION), 0)
  return castTo(Math.min(Math.max(precision, scale), MAX_DECIMAL_PRECISION), Math.min(scale, MAX_DECIMAL_PRECISION))
}

const castTo = (precision: number, scale: number): ColumnType => ({
  type: decimal(precision, scale),
  sentAs: `numeric(${precision},${scale})`,
})
