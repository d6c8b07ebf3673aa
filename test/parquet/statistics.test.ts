import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import {
  BIGINT,
  BINARY,
  BOOLEAN,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  STRING,
  TIME,
  TIMESTAMP,
} from '../../columnar/types.js'
import type { ScanFilter } from '../../connectors/api.js'
import { boundsOf, type LeafColumn } from '../../connectors/parquet/bounds.js'
import { columnsOf } from '../../connectors/parquet/columns.js'
import type { Annotation, ChunkStatistics, PhysicalType, SchemaNode } from '../../connectors/parquet/metadata.js'
import { rowGroupTest } from '../../connectors/parquet/row-group-filter.js'
import { parquetSource } from '../../connectors/parquet/source.js'
import { parseFileMetadata } from '../../connectors/parquet/thrift.js'
import { readParquet, rowsOf, sql, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()
const ROWS = 10

const leaf = (
  physical: PhysicalType,
  annotation: Annotation = { kind: 'none' },
  more: Partial<SchemaNode> = {},
): SchemaNode => ({
  name: 'c',
  repetition: 'OPTIONAL',
  physical,
  length: 0,
  annotation,
  isOrdered: true,
  children: [],
  ...more,
})

function bytesOf(write: (view: DataView) => void, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  write(new DataView(bytes.buffer))
  return bytes
}
const f64 = (value: number): Uint8Array => bytesOf((view) => view.setFloat64(0, value, true), 8)
const f32 = (value: number): Uint8Array => bytesOf((view) => view.setFloat32(0, value, true), 4)
const i32 = (value: number): Uint8Array => bytesOf((view) => view.setInt32(0, value, true), 4)
const i64 = (value: bigint): Uint8Array => bytesOf((view) => view.setBigInt64(0, value, true), 8)
const text = (value: string): Uint8Array => Buffer.from(value)

/** Whether a group with these statistics is read for a filter. */
function isRead(
  node: SchemaNode,
  statistics: Partial<ChunkStatistics>,
  filter: Omit<Exclude<ScanFilter, { op: 'in' | 'isNotNull' }>, 'column'>,
): boolean {
  const root = { ...leaf('INT32'), physical: undefined, children: [node] }
  const whole = { min: undefined, max: undefined, legacy: false, nullCount: 0, distinctCount: undefined, ...statistics }
  const chunk = { offset: 0, bytes: 0, values: ROWS, codec: 0, statistics: () => whole }
  const columns = columnsOf({ root, rows: ROWS, rowGroups: [], sparkSchema: undefined })
  return rowGroupTest(columns, [{ ...filter, column: 'c' } as ScanFilter])({ rows: ROWS, chunks: [chunk] })
}
const eq = (type: DataType, value: boolean | number | bigint | string) => ({ op: 'eq', type, value }) as const

test('of bounds of which one is NaN neither holds', (t) => {
  for (const [physical, type, bytes] of [
    ['DOUBLE', DOUBLE, f64],
    ['FLOAT', FLOAT, f32],
  ] as const) {
    const node = leaf(physical)
    t.true(isRead(node, { min: bytes(Number.NaN), max: bytes(2) }, eq(type, 5)))
    t.true(isRead(node, { min: bytes(2), max: bytes(Number.NaN) }, eq(type, 1)))
    t.true(isRead(node, { min: bytes(Number.NaN), max: bytes(2) }, { op: 'lt', type, value: -9 }))
    t.false(isRead(node, { min: bytes(1), max: bytes(2) }, eq(type, 5)))
  }
})

test('0.0 and -0.0 are one value, whichever a bound holds', (t) => {
  const node = leaf('DOUBLE')
  t.true(isRead(node, { min: f64(0), max: f64(1) }, eq(DOUBLE, -0)))
  t.true(isRead(node, { min: f64(-1), max: f64(-0) }, eq(DOUBLE, 0)))
  t.true(isRead(node, { min: f64(0), max: f64(1) }, { op: 'le', type: DOUBLE, value: -0 }))
  t.false(isRead(node, { min: f64(0), max: f64(1) }, { op: 'lt', type: DOUBLE, value: -0 }))
})

test('a float is compared as the float that is stored', (t) => {
  t.true(isRead(leaf('FLOAT'), { min: f32(0.1), max: f32(0.1) }, eq(FLOAT, 0.1)))
})

test('bounds the wrong way round are none', (t) => {
  t.true(
    isRead(leaf('INT32', { kind: 'integer', bits: 32, signed: false }), { min: i32(5), max: i32(1) }, eq(BIGINT, 9n)),
  )
})

test('bounds in an order that is not known are none, as Spark has it', (t) => {
  t.true(isRead(leaf('INT64', undefined, { isOrdered: false }), { min: i64(1n), max: i64(2n) }, eq(BIGINT, 9n)))
  t.false(isRead(leaf('INT64'), { min: i64(1n), max: i64(2n) }, eq(BIGINT, 9n)))
})

/** A file of one column of DOUBLE, to be written. */
function oneDouble() {
  const bytes = new ByteWriter()
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'root', num_children: 1 },
      { name: 'd', type: 'DOUBLE', repetition_type: 'REQUIRED' },
    ],
  })
  return { bytes, writer }
}

test('the order of bounds is the type’s when a footer says so or nothing, and not known when it says another', (t) => {
  const { bytes, writer } = oneDouble()
  void writer.finish()
  // The footer between the magic at the start and the length behind it; it ends with a list of one union, a structure in its field 1.
  const footer = bytes.getBytes().slice(4, -8)
  const isOrdered = (): boolean => parseFileMetadata(footer).root.children[0]!.isOrdered
  t.true(isOrdered())
  t.deepEqual([...footer.slice(-5)], [0x1c, 0x1c, 0, 0, 0])
  footer[footer.length - 4] = 0x2c
  t.false(isOrdered())
})

test('columns, statistics and bounds of a footer are read once, however many queries ask for them', async (t) => {
  const { bytes, writer } = oneDouble()
  await writer.write({ columnData: [{ name: 'd', data: [3, 1, 2] }] })
  await writer.finish()
  const file = Buffer.from(bytes.getBytes())
  const metadata = parseFileMetadata(file.subarray(-8 - file.readUInt32LE(file.length - 8), -8))
  const [column] = columnsOf(metadata)
  t.is(columnsOf(metadata)[0], column)
  const [chunk] = metadata.rowGroups[0]!.chunks
  const statistics = chunk!.statistics()!
  t.is(chunk!.statistics(), statistics)
  const bounds = boundsOf(column as LeafColumn, statistics)
  t.deepEqual(bounds, { min: 1, max: 3 })
  t.is(boundsOf(column as LeafColumn, statistics), bounds)
})

test('unsigned integers are compared unsigned, and legacy bounds of them are none', (t) => {
  const unsigned = leaf('INT64', { kind: 'integer', bits: 64, signed: false })
  const bounds = { min: i64(1n), max: i64(-1n) }
  t.true(isRead(unsigned, bounds, eq(decimal(20, 0), 2n ** 63n)))
  t.false(isRead(unsigned, bounds, eq(decimal(20, 0), 0n)))
  t.true(isRead(unsigned, { ...bounds, legacy: true }, eq(decimal(20, 0), 0n)))
})

test('nanoseconds before 1970 are cut downwards in bounds as in values', (t) => {
  const nanos = leaf('INT64', { kind: 'timestamp', unit: 'NANOS', utc: true })
  const bounds = { min: i64(-1001n), max: i64(-1n) }
  t.true(isRead(nanos, bounds, eq(TIMESTAMP, -2n)))
  t.true(isRead(nanos, bounds, eq(TIMESTAMP, -1n)))
  t.false(isRead(nanos, bounds, eq(TIMESTAMP, 0n)))
  t.false(isRead(nanos, bounds, eq(TIMESTAMP, -3n)))
  const whole = { min: i64(-2000n), max: i64(-1000n) }
  t.true(isRead(nanos, whole, eq(TIMESTAMP, -1n)))
  t.false(isRead(nanos, whole, eq(TIMESTAMP, 0n)))
  t.false(isRead(nanos, whole, eq(TIMESTAMP, -3n)))
})

test('bounds of times are nanoseconds as the values are, of either unit', (t) => {
  const micros = leaf('INT64', { kind: 'time', unit: 'MICROS', utc: false })
  t.true(isRead(micros, { min: i64(5n), max: i64(6n) }, eq(TIME, 6000n)))
  t.false(isRead(micros, { min: i64(5n), max: i64(6n) }, eq(TIME, 6n)))
  const nanos = leaf('INT64', { kind: 'time', unit: 'NANOS', utc: false })
  t.true(isRead(nanos, { min: i64(5001n), max: i64(6001n) }, eq(TIME, 5000n)))
  t.false(isRead(nanos, { min: i64(5001n), max: i64(6001n) }, eq(TIME, 7000n)))
})

test('milliseconds beyond what microseconds can hold are no bounds', (t) => {
  const millis = leaf('INT64', { kind: 'timestamp', unit: 'MILLIS', utc: true })
  t.true(isRead(millis, { min: i64(2n ** 62n), max: i64(2n ** 62n) }, eq(TIMESTAMP, 0n)))
  t.false(isRead(millis, { min: i64(5n), max: i64(6n) }, eq(TIMESTAMP, 0n)))
})

test('decimals are compared as numbers, and a bound of another length than the values is none', (t) => {
  const type = decimal(20, 2)
  const fixed = leaf('FIXED_LEN_BYTE_ARRAY', { kind: 'decimal', precision: 20, scale: 2 }, { length: 9 })
  const nine = (last: number, sign = 0): Uint8Array => Uint8Array.from([...new Array<number>(8).fill(sign), last])
  t.true(isRead(fixed, { min: nine(0xff, 0xff), max: nine(5) }, eq(type, 3n)))
  t.false(isRead(fixed, { min: nine(0xff, 0xff), max: nine(5) }, eq(type, -2n)))
  t.true(isRead(fixed, { min: Uint8Array.of(0), max: Uint8Array.of(1) }, eq(type, 300n)))
  t.true(isRead(fixed, { min: nine(0), max: nine(1), legacy: true }, eq(type, 300n)))
  const any = leaf('BYTE_ARRAY', { kind: 'decimal', precision: 20, scale: 2 })
  t.true(isRead(any, { min: new Uint8Array(), max: Uint8Array.of(1) }, eq(type, -5n)), 'no number at all')
  t.false(isRead(any, { min: Uint8Array.of(0), max: Uint8Array.of(1, 0) }, eq(type, -5n)))
  const small = leaf('INT32', { kind: 'decimal', precision: 9, scale: 2 })
  t.false(isRead(small, { min: i32(-100), max: i32(100) }, eq(decimal(9, 2), 101n)))
  t.true(isRead(small, { min: i32(-100), max: i32(100) }, eq(decimal(9, 1), 101n)), 'another scale')
})

test('texts are compared by their bytes, so bounds that were cut still hold', (t) => {
  const strings = leaf('BYTE_ARRAY', { kind: 'string' })
  const cut = { min: text('ab'), max: text('b') }
  t.true(isRead(strings, cut, eq(STRING, 'abc')))
  t.true(isRead(strings, cut, eq(STRING, 'azzz')))
  t.false(isRead(strings, cut, eq(STRING, 'aa')))
  t.false(isRead(strings, cut, eq(STRING, 'ba')))
  // By code point, which is not the order of UTF-16.
  t.true(isRead(strings, { min: text('\u{fffd}'), max: text('\u{1f600}') }, eq(STRING, '\u{1f4a9}')))
  t.true(isRead(strings, { ...cut, legacy: true }, eq(STRING, 'zz')))
  t.true(isRead(leaf('BYTE_ARRAY'), cut, eq(BINARY, 'zz')))
})

test('booleans, INT96, halves and statistics that are cut leave nothing out that is there', (t) => {
  t.false(isRead(leaf('BOOLEAN'), { min: Uint8Array.of(0), max: Uint8Array.of(0) }, eq(BOOLEAN, true)))
  t.true(isRead(leaf('INT96'), { min: new Uint8Array(12), max: new Uint8Array(12) }, eq(TIMESTAMP, 5n)))
  const half = leaf('FIXED_LEN_BYTE_ARRAY', { kind: 'float16' }, { length: 2 })
  t.true(isRead(half, { min: new Uint8Array(2), max: new Uint8Array(2) }, eq(FLOAT, 5)))
  t.true(isRead(leaf('INT64'), { min: new Uint8Array(4), max: new Uint8Array(0) }, eq(BIGINT, 5n)))
})

test('a count of NULLs skips a group only when it is the number of rows of a column that may have them', (t) => {
  t.false(isRead(leaf('INT64'), { nullCount: ROWS }, eq(BIGINT, 5n)))
  t.true(isRead(leaf('INT64'), { nullCount: ROWS + 1 }, eq(BIGINT, 5n)))
  t.true(isRead(leaf('INT64', undefined, { repetition: 'REQUIRED' }), { nullCount: ROWS }, eq(BIGINT, 5n)))
})

test('a file with a NaN for a bound gives the rows that are there', async (t) => {
  const path = join(directory, 'nan.parquet')
  const { bytes, writer } = oneDouble()
  void writer.write({ columnData: [{ name: 'd', data: [Number.NaN, 2, 5] }] })
  writer.row_groups[0]!.columns[0]!.meta_data!.statistics = { min_value: Number.NaN, max_value: 2 }
  void writer.finish()
  writeFileSync(path, bytes.getBytes())
  const filter: ScanFilter = { op: 'eq', column: 'd', type: DOUBLE, value: 5 }
  t.deepEqual((await readParquet([path], { filters: [filter] })).columns, [[Number.NaN, 2, 5]])
})

test('no row is lost to the statistics of DuckDB, NaN, zeros and infinities among the values', async (t) => {
  const specials = ["'NaN'", "'-Infinity'", "'Infinity'", '-0.0', '0.0', '1.5', '-1.5', 'NULL']
  const signs = { eq: '=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const
  const path = join(directory, 'specials.parquet')
  const list = specials.map((value) => `${value}::DOUBLE`).join(', ')
  await sql(`COPY (SELECT unnest([${list}]) AS d, range AS g FROM range(4) UNION ALL
    SELECT [${list}][1 + i % 8], 4 + i % 8 FROM range(64) t(i) ORDER BY 2) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 8)`)
  const values = [Number.NEGATIVE_INFINITY, -1.5, -0, 0, 1.5, Number.POSITIVE_INFINITY]
  for (const [op, value] of fc.sample(
    fc.tuple(fc.constantFrom('eq', 'lt', 'le', 'gt', 'ge'), fc.constantFrom(...values)),
    { numRuns: 40, seed: 3 },
  )) {
    const { columns } = await readParquet([path], { filters: [{ op, column: 'd', type: DOUBLE, value }] })
    const given = columns[1]!.map((g, i) => `${g} ${columns[0]![i]}`)
    const where = `d ${signs[op]} '${Object.is(value, -0) ? '-0.0' : value}'::DOUBLE`
    for (const [d, g] of await rowsOf(`SELECT d, g::VARCHAR FROM '${path}' WHERE ${where}`)) {
      t.true(given.includes(`${g} ${d}`), `${where}: ${d}`)
    }
  }
})

test('what DuckDB counts of the values of its dictionaries is known of the columns', async (t) => {
  const file = join(directory, 'counted.parquet')
  await sql(`copy (select i % 7 k, 'x' || i % 5 s, i from range(1000) t(i)) to '${file}' (row_group_size 2048)`)
  const { statistics } = await parquetSource.describe({}, [file], undefined)
  t.deepEqual({ ...statistics?.distinct }, { k: 7, s: 5 })
})
