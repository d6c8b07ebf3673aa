import test from 'ava'
import { DATE, type DataType, DOUBLE, decimal, FLOAT, INT, STRING, TIMESTAMP, typeName } from '../../columnar/types.js'
import type { ScanFilter } from '../../connectors/api.js'
import { columnValues } from '../../connectors/parquet/column-values.js'
import { columnsOf, findColumn } from '../../connectors/parquet/columns.js'
import { CompactReader } from '../../connectors/parquet/compact-reader.js'
import type { ParquetFile } from '../../connectors/parquet/footer.js'
import type {
  Annotation,
  ChunkStatistics,
  PhysicalType,
  RowGroup,
  SchemaNode,
} from '../../connectors/parquet/metadata.js'
import { rowGroupTest } from '../../connectors/parquet/row-group-filter.js'

type Value = number | bigint | string
type Op = 'eq' | 'lt' | 'le' | 'gt' | 'ge'

const HOLDS: Readonly<Record<Op, (a: Value, b: Value) => boolean>> = {
  eq: (a, b) => a === b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
}

/** A column as files have it: its stored values, and those as they are compared, rising. */
interface Column {
  readonly physical: PhysicalType
  readonly annotation?: Annotation
  readonly length?: number
  readonly type: DataType
  readonly values: readonly Value[]
  store(value: Value): Uint8Array
}

const NONE: Annotation = { kind: 'none' }
const view = (bytes: number, put: (view: DataView) => void): Uint8Array => {
  const array = new Uint8Array(bytes)
  put(new DataView(array.buffer))
  return array
}
const int32 = (value: Value) => view(4, (of) => of.setInt32(0, Number(value), true))
const int64 = (value: Value) => view(8, (of) => of.setBigInt64(0, BigInt(value), true))

const COLUMNS: Readonly<Record<string, Column>> = {
  int: { physical: 'INT32', type: INT, values: [-(2 ** 31), -1, 0, 1, 2 ** 31 - 1], store: int32 },
  'unsigned int': {
    physical: 'INT32',
    annotation: { kind: 'integer', bits: 32, signed: false },
    type: { kind: 'bigint' },
    values: [0n, 1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n],
    store: (value) => view(4, (of) => of.setUint32(0, Number(value), true)),
  },
  date: { physical: 'INT32', annotation: { kind: 'date' }, type: DATE, values: [-5, -1, 0, 19_000], store: int32 },
  milliseconds: {
    physical: 'INT64',
    annotation: { kind: 'timestamp', unit: 'MILLIS', utc: true },
    type: TIMESTAMP,
    values: [-2000n, -1000n, 0n, 1000n],
    store: (value) => int64(BigInt(value) / 1000n),
  },
  float: {
    physical: 'FLOAT',
    type: FLOAT,
    values: [-1.5, Math.fround(0.1), 0.5, 3e38].map(Math.fround),
    store: (value) => view(4, (of) => of.setFloat32(0, Number(value), true)),
  },
  double: {
    physical: 'DOUBLE',
    type: DOUBLE,
    values: [-1e300, -0.1, 0, 0.1],
    store: (value) => view(8, (of) => of.setFloat64(0, Number(value), true)),
  },
  decimal: {
    physical: 'FIXED_LEN_BYTE_ARRAY',
    annotation: { kind: 'decimal', precision: 9, scale: 2 },
    length: 4,
    type: decimal(9, 2),
    values: [-999n, -1n, 0n, 999n],
    store: (value) => view(4, (of) => of.setInt32(0, Number(value))),
  },
  string: {
    physical: 'BYTE_ARRAY',
    annotation: { kind: 'string' },
    type: STRING,
    values: ['', 'B', 'a', 'ab', 'ä'],
    store: (value) => Buffer.from(value as string),
  },
}

function nodeOf({ physical, annotation = NONE, length = 0 }: Column, isOptional: boolean): SchemaNode {
  const repetition = isOptional ? 'OPTIONAL' : 'REQUIRED'
  return { name: 'c', repetition, physical, length, annotation, isOrdered: true, children: [] }
}

/** Whether a row group is read of which the column has these bounds. */
function isRead(
  column: Column,
  filter: ScanFilter,
  { rows = 5, isOptional = true, ...given }: Partial<ChunkStatistics> & { rows?: number; isOptional?: boolean },
): boolean {
  const root = { ...nodeOf(column, false), name: 'root', physical: undefined, children: [nodeOf(column, isOptional)] }
  const columns = columnsOf({ root, sparkSchema: undefined } as unknown as Parameters<typeof columnsOf>[0])
  const statistics = { min: undefined, max: undefined, legacy: false, nullCount: 0, distinctCount: undefined, ...given }
  const group = { rows, chunks: [{ statistics: () => statistics }] } as unknown as RowGroup
  return rowGroupTest(columns, filter ? [filter] : [])(group)
}

for (const [name, column] of Object.entries(COLUMNS))
  test(`a row group is left out when no value between its bounds can match, and only then (${name})`, (t) => {
    const { values, type, store } = column
    const isNumberWithNan = type.kind === 'float' || type.kind === 'double'
    for (const [least, min] of values.entries())
      for (const [greatest, max] of values.entries())
        for (const value of values)
          for (const op of Object.keys(HOLDS) as Op[]) {
            if (greatest < least) continue
            const wanted = values.slice(least, greatest + 1).some((one) => HOLDS[op](one, value))
            // NaN is greater than all and no part of bounds. Between the values here there may be others.
            const isBetween = op === 'eq' && HOLDS.ge(value, min) && HOLDS.le(value, max)
            const expected = wanted || isBetween || (isNumberWithNan && (op === 'gt' || op === 'ge'))
            const bounds = { min: store(min), max: store(max) }
            const said = `${String(value)} ${op}, ${String(min)} to ${String(max)}`
            t.is(isRead(column, { op, column: 'c', type, value }, bounds), expected, said)
            if (op === 'eq')
              t.is(isRead(column, { op: 'in', column: 'c', type, values: [value] }, bounds), expected, said)
            // What is not known may be anything.
            for (const unknown of [
              { ...bounds, min: undefined },
              { ...bounds, max: undefined },
            ])
              t.true(!expected || isRead(column, { op, column: 'c', type, value }, unknown), said)
          }
  })

test('a row group of NULLs alone is left out, unless its column has none', (t) => {
  const { int } = COLUMNS as { readonly int: Column }
  const filter = { op: 'isNotNull', column: 'c' } as const
  t.false(isRead(int, filter, { nullCount: 5 }))
  t.true(isRead(int, filter, { nullCount: 4 }))
  t.true(isRead(int, filter, { nullCount: 5, isOptional: false }))
  t.true(isRead(int, filter, { nullCount: undefined }))
  t.false(isRead(int, { op: 'eq', column: 'missing', type: INT, value: 1 }, {}), 'a column that is not there is NULL')
})

test('bounds of another scale, of NaN and the wrong way round say nothing, and a float is compared as one', (t) => {
  const { decimal: money, float, int } = COLUMNS as Readonly<Record<'decimal' | 'float' | 'int', Column>>
  const high = { min: money.store(900n), max: money.store(999n) }
  t.false(isRead(money, { op: 'eq', column: 'c', type: decimal(9, 2), value: 90n }, high))
  t.true(isRead(money, { op: 'eq', column: 'c', type: decimal(9, 1), value: 90n }, high))
  const nan = { min: float.store(Number.NaN), max: float.store(1) }
  t.true(isRead(float, { op: 'eq', column: 'c', type: FLOAT, value: 7 }, nan))
  t.true(
    isRead(float, { op: 'lt', column: 'c', type: FLOAT, value: -7 }, { ...nan, min: float.store(0), max: nan.min }),
  )
  t.true(isRead(int, { op: 'eq', column: 'c', type: INT, value: 7 }, { min: int.store(9), max: int.store(8) }))
  const one = { min: float.store(0.1), max: float.store(0.1) }
  t.true(isRead(float, { op: 'eq', column: 'c', type: FLOAT, value: 0.1 }, one))
})

test('NaN is between no bounds and may be there all the same, and a decimal of more bytes than any has says nothing', (t) => {
  const { double, decimal: money } = COLUMNS as Readonly<Record<'decimal' | 'double', Column>>
  const numbers = { min: double.store(-1), max: double.store(1) }
  for (const op of Object.keys(HOLDS) as Op[])
    t.true(isRead(double, { op, column: 'c', type: DOUBLE, value: Number.NaN }, numbers), op)
  t.true(isRead(double, { op: 'in', column: 'c', type: DOUBLE, values: [7, Number.NaN] }, numbers))
  t.false(isRead(double, { op: 'in', column: 'c', type: DOUBLE, values: [7, 8] }, numbers))
  const ofAnyLength: Column = { ...money, physical: 'BYTE_ARRAY', length: 0 }
  const five = { op: 'eq', column: 'c', type: decimal(9, 2), value: 5n } as const
  for (const [bytes, isKnown] of [
    [1, true],
    [64, true],
    [65, false],
    [0, false],
  ] as const) {
    const one = Uint8Array.from({ length: bytes }, (_, i) => (i === bytes - 1 ? 1 : 0))
    t.is(isRead(ofAnyLength, five, { min: one, max: one }), !isKnown, `${bytes} bytes`)
  }
})

/** Columns of a file as these nodes declare them. */
const columnsBelow = (...children: readonly SchemaNode[]) => {
  const root = { ...nodeOf(COLUMNS['int']!, false), name: 'root', physical: undefined, children }
  return columnsOf({ root, sparkSchema: undefined } as unknown as Parameters<typeof columnsOf>[0])
}

test('a column is found by its name as it is written, or else in other letters where that is one', (t) => {
  const named = (name: string): SchemaNode => ({ ...nodeOf(COLUMNS['int']!, true), name })
  const columns = columnsBelow(named('id'), named('ID'), named('Other'))
  const found = (name: string): string | undefined => findColumn(columns, name)?.field.name
  t.deepEqual(['id', 'ID', 'Id', 'OTHER', 'other', 'none'].map(found), [
    ...['id', 'ID', undefined, 'Other', 'Other', undefined],
  ])
})

test('what is repeated in a list of an old writer is the element, and in others the group around it', (t) => {
  const leaf = (name: string): SchemaNode => ({ ...nodeOf(COLUMNS['int']!, false), name })
  const group = (
    name: string,
    repetition: SchemaNode['repetition'],
    kind: 'none' | 'list',
    ...children: SchemaNode[]
  ): SchemaNode => ({ ...leaf(name), repetition, physical: undefined, annotation: { kind }, children })
  const element = (repeated: SchemaNode): string => {
    const [{ field } = { field: undefined }] = columnsBelow(group('l', 'REQUIRED', 'list', repeated))
    return typeName(field!.type)
  }
  const repeated = (name: string, ...children: SchemaNode[]) => group(name, 'REPEATED', 'none', ...children)
  t.is(element(repeated('list', leaf('element'))), 'array<int>')
  t.is(element(repeated('array', leaf('x'))), 'array<struct<x:int>>')
  t.is(element(repeated('l_tuple', leaf('x'))), 'array<struct<x:int>>')
  t.is(element(repeated('m_tuple', leaf('x'))), 'array<int>')
  t.is(element(repeated('list', leaf('x'), leaf('y'))), 'array<struct<x:int,y:int>>')
  t.is(element({ ...leaf('element'), repetition: 'REPEATED' }), 'array<int>')
})

test('the range of a column is that of all row groups, which need not rise', (t) => {
  const { int } = COLUMNS as { readonly int: Column }
  const root = { ...nodeOf(int, false), name: 'root', physical: undefined, children: [nodeOf(int, true)] }
  let asked = 0
  const statistics = (min: number, max: number) => () => {
    asked++
    return { min: int.store(min), max: int.store(max), legacy: false, nullCount: 0, distinctCount: undefined }
  }
  const group = (min: number, max: number) => ({ rows: 5, chunks: [{ statistics: statistics(min, max) }] })
  const file = (...rowGroups: readonly object[]) =>
    ({ path: 'a', metadata: { root, sparkSchema: undefined, rowGroups } }) as unknown as ParquetFile
  const files = [file(group(5, 9), group(1, 3)), file(group(-7, 20), group(2, 2))]
  t.deepEqual({ ...columnValues([files[0]!]).ranges }, { c: [1, 9] })
  for (let query = 0; query < 3; query++) t.deepEqual({ ...columnValues(files).ranges }, { c: [-7, 20] })
  t.is(asked, 4, 'the statistics of each group are read once')
})

test('a range without an end is none, as no share of it can be told', (t) => {
  const { double } = COLUMNS as { readonly double: Column }
  const root = { ...nodeOf(double, false), name: 'root', physical: undefined, children: [nodeOf(double, true)] }
  const rangesOf = (...bounds: readonly number[]) => {
    const [min, max] = bounds.map(double.store)
    const statistics = () => ({ min, max, legacy: false, nullCount: 0, distinctCount: undefined })
    const metadata = { root, sparkSchema: undefined, rowGroups: [{ rows: 5, chunks: [{ statistics }] }] }
    return { ...columnValues([{ path: 'a', metadata } as unknown as ParquetFile]).ranges }
  }
  t.deepEqual(rangesOf(-1.5, 2), { c: [-1.5, 2] })
  t.deepEqual(rangesOf(-1.5, Number.POSITIVE_INFINITY), {})
  t.deepEqual(rangesOf(Number.NEGATIVE_INFINITY, 2), {})
})

test('how many values a column has is judged by those that are counted in row groups: whole numbers may lie in order', (t) => {
  const { int, string } = COLUMNS as Readonly<Record<'int' | 'string', Column>>
  // A row group that has nothing else.
  const NULLS = -8
  const distinctOf = (column: Column, bounds: readonly Value[], counts: readonly (number | undefined)[]) => {
    const root = { ...nodeOf(column, false), name: 'root', physical: undefined, children: [nodeOf(column, true)] }
    const [min, max] = bounds.map(column.store)
    const rowGroups = counts.map((distinctCount) => ({
      rows: 8,
      chunks: [
        { statistics: () => ({ min, max, legacy: false, nullCount: distinctCount === NULLS ? 8 : 0, distinctCount }) },
      ],
    }))
    const file = { path: 'a', metadata: { root, sparkSchema: undefined, rowGroups } }
    return columnValues([file as unknown as ParquetFile]).distinct['c']
  }
  t.is(distinctOf(string, ['a', 'b'], [2, 1]), 2, 'all values are in each')
  t.is(distinctOf(string, ['a', 'b'], [3, 2]), 5, 'too many for the rows to be the same everywhere')
  t.is(distinctOf(int, [1, 100], [2, 2]), 4)
  t.is(distinctOf(int, [1, 10], [8, 7]), 10, 'no more than there are in the range')
  t.is(distinctOf(int, [1, 100], Array<number>(32).fill(2)), 64, 'of many row groups some are asked')
  t.is(distinctOf(int, [1, 100], [2, NULLS]), 2, 'NULL alone is counted, too')
  t.is(distinctOf(int, [1, 100], [NULLS, NULLS]), undefined, 'other row groups may have values')
  for (const unknown of [undefined, -1, 0, 9]) t.is(distinctOf(int, [1, 100], [2, unknown]), undefined, `${unknown}`)
})

test('structures are passed over up to a depth, and nothing beyond the end', (t) => {
  // Field 1 of each is a structure, up to the innermost, which has none.
  const nested = (depth: number) => Buffer.from([...Array<number>(depth).fill(0x1c), ...Array<number>(depth).fill(0)])
  const skipped = (bytes: Uint8Array): number => {
    const reader = new CompactReader(bytes)
    reader.field(0)
    reader.skip()
    return reader.position
  }
  t.is(skipped(nested(65)), 130)
  t.throws(() => skipped(nested(66)), { message: /nested too deeply/ })
  // A size of ten bytes is as long as one may be.
  const sized = (bytes: number) => {
    const reader = new CompactReader(Buffer.from([0x18, ...Array<number>(bytes - 1).fill(0x80), 0]))
    reader.field(0)
    return reader.binary().length
  }
  t.is(sized(10), 0)
  t.throws(() => sized(11), { message: /does not end/ })
  const large = new CompactReader(Buffer.from([0x16, ...Array<number>(8).fill(0xff), 0x7f]))
  large.field(0)
  t.throws(() => large.integer(), { message: /too large/ })
  // Bytes, an integer and a number of eight bytes that end too early.
  for (const bytes of [[0x18, 5, 1, 2], [0x15, 0x80], [0x17, 1, 2, 3], [0x13]])
    t.throws(() => skipped(Buffer.from(bytes)), { message: /ends too early/ }, String(bytes))
})
