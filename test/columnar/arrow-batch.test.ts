import { tableFromIPC } from 'apache-arrow'
import test from 'ava'
import { arrowBatch } from '../../columnar/arrow/arrow-batch.js'
import { END_OF_STREAM, encodeSchemaMessage } from '../../columnar/arrow/ipc-stream.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { parseBlock } from '../../columnar/blocks/block-parser.js'
import { CalendarInterval } from '../../columnar/times/calendar-interval.js'
import { array, decimal, field, INT, INTERVAL, map, STRING, schema, struct } from '../../columnar/types.js'

const NUMBERS = schema([field('n', INT), field('s', STRING)])
const rows = Array.from({ length: 20 }, (_, n) => ({ n, s: n % 3 === 0 ? null : `text ${n}` }))
const block = blockFromRows(NUMBERS, rows)

test('a block is written as it stands, unless only some of its rows or columns are wanted, or it is compressed', (t) => {
  t.is(arrowBatch(NUMBERS, block, {}), block.bytes)
  t.is(arrowBatch(NUMBERS, block, {}, 0, 20, 2), block.bytes)
  const some = parseBlock(arrowBatch(NUMBERS, block, {}, 3, 7))
  t.deepEqual([some.rows, some.nullCounts], [4, [0, 2]])
  t.is(parseBlock(arrowBatch(NUMBERS, block, {}, 0, 20, 1)).nullCounts.length, 1)
  const compression = { codec: 'lz4', compress: () => Uint8Array.of(7) } as const
  t.true(arrowBatch(NUMBERS, block, { compression }).length < block.bytes.length)
})

const NESTED = schema([
  field('list', array(struct([field('x', INT), field('y', STRING)]))),
  field('map', map(STRING, array(INT))),
  field('money', decimal(9, 2)),
])
const nested = Array.from({ length: 12 }, (_, i) => ({
  list: i % 4 === 1 ? null : Array.from({ length: i % 3 }, (_, x) => ({ x, y: x === 1 ? null : `y${i}` })),
  map: i % 5 === 2 ? null : new Map([[`k${i}`, i % 2 === 0 ? [i, null] : null]]),
  money: i % 3 === 0 ? null : `${i}.50`,
}))

test('any rows of a block with lists, maps and short decimals are those that Arrow reads', (t) => {
  const whole = blockFromRows(NESTED, nested)
  for (const [from, until] of [
    [0, 12],
    [1, 9],
    [5, 6],
    [4, 4],
  ] as const) {
    const form = { decimalBits: 128 } as const
    const parts = [encodeSchemaMessage(NESTED, form), arrowBatch(NESTED, whole, form, from, until), END_OF_STREAM]
    const table = tableFromIPC(Buffer.concat(parts))
    t.is(table.numRows, until - from)
    nested.slice(from, until).forEach(({ list, map: entries, money }, row) => {
      const read = table.get(row)!.toJSON() as Record<string, { toJSON(): unknown } | null>
      t.deepEqual(JSON.parse(JSON.stringify(read['list'])), list)
      t.deepEqual(JSON.parse(JSON.stringify(read['map'])), entries && Object.fromEntries(entries))
      t.is(read['money'] && Number(String(read['money'])), money === null ? null : Math.round(Number(money) * 100))
    })
  }
})

test('an interval that is NULL has no parts', (t) => {
  const of = schema([field('i', INTERVAL)])
  const one = new CalendarInterval(1, 2, 3n)
  const bytes = arrowBatch(of, blockFromRows(of, [{ i: null }, { i: one }]), {})
  const { buffers, nullCounts } = parseBlock(bytes)
  t.deepEqual(nullCounts, [1])
  const values = Buffer.from(bytes).subarray(buffers[1]!.offset)
  t.deepEqual(
    [...values.subarray(0, 16)],
    Array.from({ length: 16 }, () => 0),
  )
  t.deepEqual([values.readInt32LE(16), values.readInt32LE(20), values.readBigInt64LE(24)], [1, 2, 3000n])
})
