import { tableFromIPC } from 'apache-arrow'
import test from 'ava'
import fc from 'fast-check'
import { toArrowTable } from '../../columnar/arrow/arrow-table.js'
import { encodeArrowStream } from '../../columnar/arrow/ipc-stream.js'
import { encodeBatch } from '../../columnar/blocks/block-codec.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { checkOffsets, messageBytes, parseBlock } from '../../columnar/blocks/block-parser.js'
import { Decimal } from '../../columnar/decimal.js'
import { inferSchema } from '../../columnar/infer-schema.js'
import { leavesOf } from '../../columnar/leaves.js'
import { RowBytes } from '../../columnar/row-bytes.js'
import { rowsFromBlock } from '../../columnar/rows.js'
import { CalendarDate } from '../../columnar/times/calendar-date.js'
import { Timestamp } from '../../columnar/times/timestamp.js'
import * as types from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { raised } from '../support/raised.js'

const { field, schema } = types
const leafOf = (type: types.DataType) => leavesOf(schema([field('v', type)]))[0]!
const everyType = schema([
  field('b', types.BOOLEAN),
  field('i8', types.TINYINT),
  field('i16', types.SMALLINT),
  field('i32', types.INT),
  field('i64', types.BIGINT),
  field('f32', types.FLOAT),
  field('f64', types.DOUBLE),
  field('short', types.decimal(12, 2)),
  field('long', types.decimal(38, 4)),
  field('s', types.STRING),
  field('bin', types.BINARY),
  field('d', types.DATE),
  field('at', types.TIMESTAMP),
  field('st', types.struct([field('x', types.INT), field('y', types.STRING)])),
])

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const rowOfEveryType = fc.record({
  b: orNull(fc.boolean()),
  i8: orNull(fc.integer({ min: -128, max: 127 })),
  i16: orNull(fc.integer({ min: -32768, max: 32767 })),
  i32: orNull(fc.integer()),
  i64: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  f32: orNull(fc.float({ noNaN: true })),
  f64: orNull(fc.double()),
  short: orNull(fc.bigInt({ min: -(10n ** 12n) + 1n, max: 10n ** 12n - 1n }).map((n) => new Decimal(n, 2))),
  long: orNull(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }).map((n) => new Decimal(n, 4))),
  s: orNull(fc.string({ unit: 'grapheme' })),
  bin: orNull(fc.uint8Array()),
  d: orNull(fc.integer({ min: -700_000, max: 700_000 }).map((days) => CalendarDate.ofDays(days))),
  at: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((micros) => Timestamp.ofMicros(micros))),
  st: orNull(fc.record({ x: orNull(fc.integer()), y: orNull(fc.string()) })),
})

test('rows of every type survive a block, NULLs, extremes and Unicode included', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(rowOfEveryType, { maxLength: 40 }), async (rows) => {
      const block = blockFromRows(everyType, rows)
      t.is(await messageBytes(async (length) => block.bytes.subarray(0, length)), block.bytes.length)
      t.deepEqual(rowsFromBlock(everyType, block), rows as never)
    }),
    { numRuns: 60 },
  )
})

test('Arrow reads the stream of a schema and its blocks', (t) => {
  const rows = [
    { b: true, i32: 7, i64: -5n, f64: 1.5, s: 'héllo', d: new Date('2024-02-29'), st: { x: 1, y: 'a' } },
    { b: null, i32: null, i64: null, f64: null, s: null, d: null, st: null },
    { b: false, i32: -7, i64: 5n, f64: -0.5, s: '', d: new Date('1969-12-31'), st: { x: null, y: 'b' } },
  ]
  const wanted = new Set(Object.keys(rows[0]!))
  const some = schema(everyType.fields.filter((f) => wanted.has(f.name)))
  const blocks = [blockFromRows(some, rows), blockFromRows(some, []), blockFromRows(some, rows.slice(2))]
  const table = tableFromIPC(encodeArrowStream(some, blocks))
  t.is(table.numRows, 4)
  t.deepEqual(
    table.schema.names,
    some.fields.map((f) => f.name),
  )
  t.deepEqual([...table.getChild('i64')!], [-5n, null, 5n, 5n])
  t.deepEqual([...table.getChild('s')!], ['héllo', null, '', ''])
  t.deepEqual([...table.getChild('b')!], [true, null, false, false])
  t.deepEqual(table.get(0)!['st'].toJSON(), { x: 1, y: 'a' })
  t.is(table.get(1)!['st'], null)
  t.is(Number(table.get(0)!['d']), Date.UTC(2024, 1, 29))
})

test('a value that does not fit its column is refused, naming row and column', (t) => {
  const one = schema([field('n', types.TINYINT), field('s', types.STRING, false)])
  const refused = (rows: object[]) => t.throws(() => blockFromRows(one, rows)) as MillraceError
  t.deepEqual(refused([{ n: 128, s: '' }]).parameters, {
    column: 'n',
    row: '0',
    value: '128',
    reason: 'it is no "TINYINT"',
  })
  t.is(refused([{ n: 1, s: '' }, { n: 1 }]).parameters['row'], '1')
  t.is(refused([{ n: 1.5, s: '' }]).condition, 'INVALID_ROW_VALUE')
})

test('a block cut short is refused instead of read beyond its end', (t) => {
  const { bytes } = blockFromRows(everyType, [{ s: 'some text', i64: 1n }])
  for (let length = 0; length < bytes.length; length++) {
    t.true(MillraceError.is(t.throws(() => parseBlock(bytes.slice(0, length)))))
  }
})

test('a string that lies outside of its buffer, or ends before it begins, is refused', (t) => {
  for (const [first, last] of [
    [0, 0],
    [0, 5],
    [5, 5],
  ] as const)
    t.notThrows(() => checkOffsets(first, last, 5))
  for (const [first, last] of [
    [-1, 2],
    [3, 2],
    [0, 6],
    [6, 6],
  ] as const)
    t.like(
      t.throws(() => checkOffsets(first, last, 5)),
      { condition: 'BLOCK_CORRUPT' },
    )
})

test('whatever bit of a block is changed, parsing it takes no more than what is there, or is refused as BLOCK_CORRUPT', (t) => {
  const leaves = leavesOf(everyType)
  const { bytes } = blockFromRows(everyType, [{ s: 'some text', i64: 1n, st: { x: 1, y: 'z' } }, {}])
  const whole = parseBlock(bytes, leaves)
  const header = Math.min(...whole.buffers.map(({ offset }) => offset))
  let refused = 0
  for (let bit = 0; bit < header * 8; bit++) {
    const damaged = Uint8Array.from(bytes)
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    try {
      const { rows, buffers, nullCounts } = parseBlock(damaged, leaves)
      t.deepEqual([buffers.length, nullCounts.length], [whole.buffers.length, leaves.length])
      t.true(rows === 2 && nullCounts.every((count) => count <= rows))
      t.true(buffers.every(({ offset, length }) => offset >= 0 && offset + length <= damaged.length))
    } catch (error) {
      t.like(error, { condition: 'BLOCK_CORRUPT' })
      refused++
    }
  }
  t.true(refused > header)
})

test('a block of other columns, or with fewer buffers than its schema has, is refused', (t) => {
  const two = schema([field('a', types.INT), field('b', types.STRING)])
  const { bytes } = blockFromRows(two, [{ a: 1, b: 'x' }])
  const parsedAs = (fields: types.Field[]) => t.throws(() => parseBlock(bytes, leavesOf(schema(fields))))
  t.like(parsedAs([field('a', types.INT)]), { condition: 'BLOCK_CORRUPT' })
  t.like(parsedAs([field('a', types.INT), field('b', types.INT)]), { condition: 'BLOCK_CORRUPT' })
  t.like(parsedAs([field('a', types.decimal(38, 0)), field('b', types.STRING)]), { condition: 'BLOCK_CORRUPT' })
  t.notThrows(() => parseBlock(bytes, leavesOf(two)))
})

test('a block whose columns have other numbers of rows, or of more rows than there can be, is refused', async (t) => {
  const values = [new Uint8Array(), new Uint8Array(16)]
  const parsed = (rows: number, ...nodes: readonly (readonly [length: number, nullCount: number])[]) =>
    parseBlock(
      encodeBatch(
        rows,
        nodes.map(([length, nullCount]) => ({ length, nullCount })),
        values,
      ),
    )
  t.is(parsed(3, [3, 0]).rows, 3)
  t.is(parsed(2 ** 31 - 1, [2 ** 31 - 1, 0]).rows, 2 ** 31 - 1)
  for (const wrong of [
    () => parsed(2 ** 31, [2 ** 31, 0]),
    () => parsed(3, [2, 0]),
    () => parsed(3, [3, 4]),
    () =>
      parseBlock(
        encodeBatch(
          1,
          [
            { length: 1, nullCount: 0 },
            { length: 1, nullCount: 1 },
          ],
          values,
        ),
        [leafOf(types.INT)],
      ),
  ])
    await raised(t, wrong, 'BLOCK_CORRUPT')
})

test('the bytes of a message are told by its beginning, unless that is cut', async (t) => {
  const { bytes } = blockFromRows(everyType, [{ s: 'some text' }])
  const from = (all: Uint8Array) => messageBytes(async (length) => all.subarray(0, length))
  t.is(await from(bytes), bytes.length)
  const metadataBytes = new DataView(bytes.buffer).getInt32(4, true)
  for (const length of [0, 7, 8, 8 + metadataBytes - 1])
    await raised(t, () => from(Uint8Array.from(bytes.subarray(0, length))), 'BLOCK_CORRUPT')
})

test('a struct may be NULL although what is in it may not, and that is NULL then', (t) => {
  const of = schema([field('v', types.struct([field('x', types.INT, false)])), field('after', types.TINYINT)])
  const rows = [
    { v: null, after: 1 },
    { v: { x: 2 }, after: null },
  ]
  t.deepEqual(rowsFromBlock(of, blockFromRows(of, rows)), rows)
})

test('a buffer that compression does not make smaller is left as it is, which its length says', (t) => {
  const nodes = Array.from({ length: 3 }, () => ({ length: 1, nullCount: 0 }))
  const compress = (bytes: Uint8Array): Uint8Array => (bytes.length > 3 ? Uint8Array.of(9) : bytes)
  const buffers = [new Uint8Array(100), new Uint8Array(), Uint8Array.of(1, 2, 3)]
  const bytes = encodeBatch(1, nodes, buffers, { codec: 'zstd', compress })
  const view = new DataView(bytes.buffer)
  const [smaller, asItWas] = [bytes.length - 128, bytes.length - 64]
  t.deepEqual([view.getBigInt64(smaller, true), bytes[smaller + 8]], [100n, 9])
  t.deepEqual([view.getBigInt64(asItWas, true), ...bytes.subarray(asItWas + 8, asItWas + 12)], [-1n, 1, 2, 3, 0])
})

test('a type that is inferred holds the values of all rows, whichever come first', async (t) => {
  const typeOf = (...values: readonly unknown[]): string =>
    types.typeName(inferSchema(values.map((v) => ({ v }))).fields[0]!.type)
  for (const [a, b, type] of [
    [new Decimal(15n, 1), new Decimal(125n, 2), 'decimal(38,2)'],
    [1n, 2.5, 'double'],
    [{ x: 1n }, { x: 2.5, y: 'a' }, 'struct<x:double,y:string>'],
    [[null], [1n], 'array<bigint>'],
    [new Map([['a', null]]), new Map([['b', true]]), 'map<string,boolean>'],
  ] as const) {
    t.is(typeOf(a, b), type)
    if (type !== 'struct<x:double,y:string>') t.is(typeOf(b, a), type)
  }
  t.is(typeOf({ x: 2.5, y: 'a' }, { x: 1n }), 'struct<x:double,y:string>')
  await raised(t, () => typeOf({ x: 'a' }, { x: 1n }), 'INVALID_ROW_VALUE')
})

test('a decimal has as many digits as its type, and no more', async (t) => {
  const of = schema([field('d', types.decimal(3, 1))])
  const kept = (d: Decimal) => rowsFromBlock(of, blockFromRows(of, [{ d }])).map((row) => String(row['d']))
  t.deepEqual(kept(new Decimal(999n, 1)), ['99.9'])
  t.deepEqual(kept(new Decimal(-999n, 1)), ['-99.9'])
  for (const unscaled of [1000n, -1000n]) await raised(t, () => kept(new Decimal(unscaled, 1)), 'INVALID_ROW_VALUE')
  await raised(t, () => kept(new Decimal(9995n, 2)), 'INVALID_ROW_VALUE')
})

test('a row alone is read as it was written, and has no other columns than it may have', async (t) => {
  const rows = new RowBytes([field('a', types.INT), field('b', types.array(types.STRING))], 'state')
  const row = { a: 5, b: ['x', null] }
  t.deepEqual(rows.read(rows.write(row)), row)
  t.deepEqual(rows.read(rows.write({ b: null })), { a: null, b: null })
  for (const wrong of [{ a: 1, c: 2 }, null, 5, { a: 'x' }])
    await raised(t, () => rows.write(wrong as unknown as object), 'INVALID_ROW_VALUE')
})

test('a schema is inferred from rows, with a common type for each column', (t) => {
  const inferred = inferSchema([{ a: 1n, b: null }, { a: 2.5, b: { c: 'x' } }, { d: true }])
  t.deepEqual(
    inferred.fields.map((f) => `${f.name}:${types.typeName(f.type)}`),
    ['a:double', 'b:struct<c:string>', 'd:boolean'],
  )
  t.throws(() => inferSchema([{ a: 1 }, { a: 'x' }]), { message: /INVALID_ROW_VALUE/ })
  const others = inferSchema([
    { m: Decimal.parse('1.25'), d: CalendarDate.ofDays(1), t: new Date(0), l: [1n] },
    { m: Decimal.parse('1.5'), d: CalendarDate.ofDays(2), t: new Date(1), l: [2.5, null] },
  ])
  t.deepEqual(
    others.fields.map((f) => types.typeName(f.type)),
    ['decimal(38,2)', 'date', 'timestamp', 'array<double>'],
  )
})

test('a result becomes a table of apache-arrow with exact decimals of either width', async (t) => {
  const money = schema([field('s', types.STRING), field('a', types.decimal(12, 2)), field('b', types.decimal(30, 2))])
  const rows = [
    { s: 'x', a: '1.25', b: '-7.50' },
    { s: null, a: null, b: null },
    { s: 'yz', a: '-3.50', b: '0.01' },
  ]
  const table = await toArrowTable(money, [blockFromRows(money, rows)])
  t.deepEqual([...table.getChild('s')!], ['x', null, 'yz'])
  t.deepEqual(
    [...table.getChild('a')!].map((v) => v && String(v)),
    ['125', null, '-350'],
  )
  t.deepEqual(
    [...table.getChild('b')!].map((v) => v && String(v)),
    ['-750', null, '1'],
  )
  t.deepEqual(
    table.schema.fields.map((f) => (f.type.precision ? [f.type.precision, f.type.scale] : null)),
    [null, [12, 2], [30, 2]],
  )
})
