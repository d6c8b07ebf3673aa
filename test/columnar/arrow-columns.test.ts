import {
  Field as ArrowField,
  type DataType as ArrowType,
  Bool,
  type Data,
  DateDay,
  DateMillisecond,
  Dictionary,
  FixedSizeBinary,
  Int8,
  Int32,
  LargeUtf8,
  List,
  makeData,
  Struct,
  TimeMicrosecond,
  TimeMillisecond,
  TimeSecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow'
import test from 'ava'
import { arrowColumn } from '../../columnar/arrow/arrow-columns.js'
import { blockOfVector, blocksOfArrow } from '../../columnar/arrow/arrow-input.js'
import { ARROW } from '../../columnar/arrow/arrow-tags.js'
import { typeOfArrow } from '../../columnar/arrow/arrow-types.js'
import { rowsFromBlock } from '../../columnar/rows.js'
import { TimeOfDay } from '../../columnar/times/time-of-day.js'
import { Timestamp } from '../../columnar/times/timestamp.js'
import { field, INT, type Schema, STRING, schema } from '../../columnar/types.js'
import { raised } from '../support/raised.js'

const vectorOf = (...data: readonly Data[]): Vector => new Vector(data)
/** A vector of stored values; `validity` has a bit for each that is no NULL. */
const stored = (type: ArrowType, values: ArrayLike<number> | ArrayLike<bigint>, validity?: number): Vector =>
  vectorOf(
    makeData({
      ...{ type, length: values.length, data: values },
      ...(validity === undefined ? {} : { nullBitmap: Uint8Array.of(validity), nullCount: -1 }),
    } as unknown as Parameters<typeof makeData>[0]),
  )

/** The values of a vector, as those of a column of the engine. */
function read(vector: Vector): readonly unknown[] {
  const column = field('v', typeOfArrow(vector.type, 'v'))
  const block = blockOfVector(column, vector)
  return rowsFromBlock({ fields: [column] } as Schema, block).map((row) => {
    const { v } = row as { readonly v: unknown }
    if (v instanceof Timestamp) return v.micros
    if (v instanceof TimeOfDay) return v.nanos
    if (v instanceof Date) return v.getTime() / 86_400_000
    if (v instanceof Uint8Array) return Buffer.from(v).toString('hex')
    return typeof v === 'object' && v !== null && 'unscaled' in v ? v.unscaled : v
  })
}

test('times are microseconds, times of day nanoseconds and dates days, rounded down also before 1970', (t) => {
  t.deepEqual(read(stored(new TimestampSecond(), BigInt64Array.of(-2n, 3n))), [-2_000_000n, 3_000_000n])
  t.deepEqual(read(stored(new TimestampMillisecond(), BigInt64Array.of(-(2n ** 40n), 3n))), [
    -(2n ** 40n) * 1000n,
    3000n,
  ])
  const nanos = BigInt64Array.of(-1n, -1000n, -1001n, 1999n, -(2n ** 63n))
  t.deepEqual(read(stored(new TimestampNanosecond(), nanos)), [-1n, -1n, -2n, 1n, -9223372036854776n])
  t.deepEqual(read(stored(new DateDay(), Int32Array.of(-1, 19_000))), [-1, 19_000])
  const day = 86_400_000n
  t.deepEqual(
    read(stored(new DateMillisecond(), BigInt64Array.of(-1n, 0n, day - 1n, day, -day - 1n))),
    [-1, 0, 0, 1, -2],
  )
  t.deepEqual(read(stored(new TimeSecond(), Int32Array.of(1, 86_399))), [1_000_000_000n, 86_399_000_000_000n])
  t.deepEqual(read(stored(new TimeMillisecond(), Int32Array.of(1, 86_399_999))), [1_000_000n, 86_399_999_000_000n])
  t.deepEqual(read(stored(new TimeMicrosecond(), BigInt64Array.of(1n, 86_399_999_999n))), [1000n, 86_399_999_999_000n])
})

test('a time of more microseconds than there are is refused, unless it lies under NULL', async (t) => {
  const tooLate = BigInt64Array.of(5n, 2n ** 62n)
  await raised(t, () => read(stored(new TimestampSecond(), tooLate)), 'DATETIME_OVERFLOW')
  await raised(
    t,
    () =>
      read(
        stored(
          new TimestampMillisecond(),
          tooLate.map((x) => -x),
        ),
      ),
    'DATETIME_OVERFLOW',
  )
  t.deepEqual(read(stored(new TimestampSecond(), tooLate, 0b01)), [5_000_000n, null])
})

test('integers without a sign become wider ones that hold them', (t) => {
  t.deepEqual(read(stored(new Uint8(), Uint8Array.of(0, 127, 128, 255))), [0, 127, 128, 255])
  t.deepEqual(read(stored(new Uint16(), Uint16Array.of(0, 32_768, 65_535))), [0, 32_768, 65_535])
  t.deepEqual(read(stored(new Uint32(), Uint32Array.of(0, 2 ** 31, 2 ** 32 - 1))), [0n, 2n ** 31n, 2n ** 32n - 1n])
  t.deepEqual(read(stored(new Uint64(), BigUint64Array.of(0n, 2n ** 63n, 2n ** 64n - 1n))), [
    0n,
    2n ** 63n,
    2n ** 64n - 1n,
  ])
})

const LISTS = new List(new ArrowField('item', new Utf8(), true))
/** What is in each vector. */
const VECTORS: readonly (readonly [vector: Vector, values: readonly unknown[]])[] = [
  [vectorFromArray([1, null, 3, 4, null, 6, 7, 8, 9, 10], new Int32()), [1, null, 3, 4, null, 6, 7, 8, 9, 10]],
  [
    vectorFromArray([true, false, null, true, true, false, true, null, false, true], new Bool()),
    [true, false, null, true, true, false, true, null, false, true],
  ],
  [vectorFromArray(['a', '', null, 'bcd', 'ef', 'é'], new Utf8()), ['a', '', null, 'bcd', 'ef', 'é']],
  [vectorFromArray(['a', '', null, 'bcd', 'ef', 'é'], new LargeUtf8()), ['a', '', null, 'bcd', 'ef', 'é']],
  [
    vectorFromArray(['a', 'b', null, 'a', 'c', 'b'], new Dictionary(new Utf8(), new Int8())),
    ['a', 'b', null, 'a', 'c', 'b'],
  ],
  [vectorFromArray([['a'], [], null, ['b', null, 'cd'], ['e']], LISTS), [['a'], [], null, ['b', null, 'cd'], ['e']]],
  [stored(new FixedSizeBinary(2), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)).slice(0, 4), ['0102', '0304', '0506', '0708']],
]

for (const [vector, values] of VECTORS)
  test(`any part of a vector of ${vector.type} has the values that lie there`, (t) => {
    t.deepEqual(read(vector), values)
    for (const [from, until] of [
      [1, values.length],
      [2, values.length - 1],
      [values.length - 1, values.length],
      [1, 1],
    ] as const)
      t.deepEqual(read(vector.slice(from, until)), values.slice(from, until), `${from} to ${until}`)
  })

test('a vector is read part by part as it is as a whole', (t) => {
  for (const [vector, values] of VECTORS) {
    const made = schema([field('v', typeOfArrow(vector.type, 'v'))])
    const blocks = [...blocksOfArrow(made, [vector.data[0]!], values.length, 2)]
    const whole = rowsFromBlock(made, blockOfVector(made.fields[0]!, vector))
    t.deepEqual(
      blocks.flatMap((block) => rowsFromBlock(made, block)),
      whole,
      String(vector.type),
    )
  }
})

test('a value that is not in its dictionary is refused, but not under NULL', async (t) => {
  const words = vectorFromArray(['a', 'b'], new Utf8())
  const coded = (code: number, validity: number): Vector => {
    const type = new Dictionary(words.type, new Int8())
    const [{ values, nullBitmap }] = stored(new Int8(), Int8Array.of(1, code), validity).data as [Data]
    return vectorOf(makeData({ type, length: 2, data: values, nullBitmap, nullCount: -1, dictionary: words } as never))
  }
  t.deepEqual(read(coded(0, 0b11)), ['b', 'a'])
  for (const code of [2, -1]) {
    await raised(t, () => read(coded(code, 0b11)), 'BLOCK_CORRUPT')
    t.deepEqual(read(coded(code, 0b01)), ['b', null])
  }
})

test('what is in a struct that is NULL is NULL, whether or not its own column says so', (t) => {
  const numbers = stored(new Int32(), Int32Array.of(1, 2, 3), 0b011).data[0]!
  const whole = stored(new Int32(), Int32Array.of(1, 2, 3)).data[0]!
  for (const [child, last] of [
    [numbers, null],
    [whole, 3],
  ] as const) {
    const type = new Struct([new ArrowField('x', new Int32(), true)])
    const data = makeData({ type, length: 3, nullCount: -1, nullBitmap: Uint8Array.of(0b101), children: [child] })
    t.deepEqual(read(vectorOf(data)), [{ x: 1 }, null, { x: last }])
    t.is(arrowColumn(data)(0, 3).children[0]!.nullCount, last === null ? 2 : 1, 'its own column tells it, too')
  }
})

test('columns become blocks of so many rows each, and one that is not there is NULL', (t) => {
  const made = schema([field('n', INT), field('none', STRING)])
  const [data] = vectorFromArray([1, 2, 3, null, 5], new Int32()).data
  const blocks = [...blocksOfArrow(made, [data, undefined], 5, 2)]
  t.deepEqual(
    blocks.map(({ rows }) => rows),
    [2, 2, 1],
  )
  t.deepEqual(
    blocks.flatMap((block) => rowsFromBlock(made, block)).map((row) => Object.values(row)),
    [1, 2, 3, null, 5].map((n) => [n, null]),
  )
})

test('texts and binaries of views lie in them up to twelve bytes, else in the buffer that they name', (t) => {
  const words = new Int32Array(5 * 4)
  const bytes = Buffer.from(words.buffer)
  const short = (row: number, text: string): void => {
    words[row * 4] = text.length
    bytes.write(text, row * 16 + 4)
  }
  short(0, 'short')
  short(1, 'twelve bytes')
  words.set([13, 0, 1, 4], 2 * 4)
  words.set([1_000, 0, 9, 9], 3 * 4)
  short(4, '')
  for (const [typeId, isText] of [
    [ARROW.utf8View, true],
    [ARROW.binaryView, false],
  ] as const) {
    const data = {
      ...{ type: { typeId }, length: 5, offset: 0, nullCount: 1, nullBitmap: Uint8Array.of(0b10111), values: words },
      variadicBuffers: [Buffer.from('not here'), Buffer.from('....thirteen bytes')],
    } as unknown as Data
    const type = typeOfArrow(data.type, 'v')
    const rows = rowsFromBlock(schema([field('v', type)]), blockOfVector(field('v', type), { data: [data] }))
    t.deepEqual(
      rows.map(({ v }) => (v instanceof Uint8Array ? Buffer.from(v).toString() : v)),
      ['short', 'twelve bytes', 'thirteen byte', null, ''],
    )
    t.is(type.kind, isText ? 'string' : 'binary')
  }
})

test('large offsets are read as numbers of 64 bits, and rows of more bytes than a column holds are refused', async (t) => {
  const large = (...offsets: readonly bigint[]): Data =>
    makeData({
      ...{ type: new LargeUtf8(), length: offsets.length - 1, nullCount: 0 },
      ...{ valueOffsets: BigInt64Array.from(offsets), data: Buffer.from('abc') },
    })
  const [, ends, bytes] = arrowColumn(large(1n, 2n, 3n))(0, 2).buffers
  t.deepEqual([[...new Int32Array(ends!.slice().buffer)], String(Buffer.from(bytes!))], [[0, 1, 2], 'bc'])
  for (const first of [2n ** 31n, 2n ** 32n])
    t.is(arrowColumn(large(first, first + 3n))(0, 1).buffers[2]!.length, 0, 'nothing lies there')
  await raised(t, () => arrowColumn(large(0n, 2n ** 31n))(0, 1), 'UNSUPPORTED_FEATURE')
})
