import { Binary, type Data, FixedSizeBinary, Int32, makeData, Utf8 } from 'apache-arrow'
import test from 'ava'
import { Builder } from 'flatbuffers'
import { encapsulate, HEADER_RECORD_BATCH } from '../../columnar/blocks/block-codec.js'
import { checkMessage, HEADER_SCHEMA } from '../../connectors/arrow/check-message.js'
import { checkColumn } from '../../connectors/arrow/reader/check-column.js'
import { raised } from '../support/raised.js'

const BYTES = Buffer.from('abcdef')
const texts = (...offsets: number[]): Data =>
  makeData({ type: new Utf8(), length: 2, valueOffsets: Int32Array.from(offsets), data: BYTES })

test('texts begin where the one before ends or later, and end within their bytes', async (t) => {
  for (const [offsets, reason] of [
    [[0, 3, 2], /ends before it begins/],
    [[-1, 3, 4], /ends before it begins/],
    [[0, 3, 7], /lies beyond its column/],
    [[0, 3], /does not tell where its values begin/],
  ] as const)
    t.regex((await raised(t, () => checkColumn(texts(...offsets), 2), 'BLOCK_CORRUPT')).message, reason)
  t.notThrows(() => checkColumn(texts(0, 0, 6), 2))
  t.notThrows(() => checkColumn(texts(0, 3, 2), 1), 'what is behind the rows does not count')
})

test('a column has as many rows, values and bits of NULL as its batch', async (t) => {
  const numbers = (length: number, count: number, bits?: Uint8Array): Data =>
    makeData({
      type: new Int32(),
      length,
      data: new Int32Array(count),
      ...(bits ? { nullBitmap: bits, nullCount: 1 } : {}),
    })
  const fixed = (width: number): Data =>
    makeData({ type: new FixedSizeBinary(width), length: 2, data: new Uint8Array(6), nullCount: 0 })
  for (const [column, rows, reason] of [
    [numbers(1, 9), 9, /has 1 of 9 rows/],
    [numbers(9, 8), 9, /shorter than its rows/],
    [numbers(9, 9, Uint8Array.of(1)), 9, /does not tell all of its NULLs/],
    [fixed(4), 2, /shorter than its rows/],
    [fixed(-1), 2, /have no length/],
  ] as const)
    t.regex((await raised(t, () => checkColumn(column, rows), 'BLOCK_CORRUPT')).message, reason)
  t.notThrows(() => checkColumn(numbers(9, 9, Uint8Array.of(1, 1)), 9))
  t.notThrows(() => checkColumn(fixed(3), 2))
  const none = makeData({ type: new Binary(), length: 0, valueOffsets: new Int32Array(1), data: new Uint8Array() })
  t.notThrows(() => checkColumn(none, 0))
})

/** A message, of which `body` makes the header. */
const messageOf = (kind: number, body: (builder: Builder) => number): Uint8Array => {
  const builder = new Builder()
  return encapsulate(builder, kind, body(builder), 0)
}

test('a schema has no more columns than fit in it, also where tables refer to the same ones', async (t) => {
  const nested = (depth: number): Uint8Array =>
    messageOf(HEADER_SCHEMA, (builder) => {
      let fields = 0
      for (let level = 0; level <= depth; level++) {
        builder.startObject(7)
        if (fields !== 0) builder.addFieldOffset(5, fields, 0)
        const field = builder.endObject()
        builder.startVector(4, 2, 4)
        for (const one of [field, field]) builder.addOffset(one)
        fields = builder.endVector()
      }
      builder.startObject(4)
      builder.addFieldOffset(1, fields, 0)
      return builder.endObject()
    })
  t.is(checkMessage(nested(2)), nested(2).length)
  const error = await raised(t, () => checkMessage(nested(26)), 'BLOCK_CORRUPT')
  t.regex(error.message, /more columns than fit in it/)
})

test('columns of views have no more buffers than a batch has', async (t) => {
  const views = (count: bigint): Uint8Array =>
    messageOf(HEADER_RECORD_BATCH, (builder) => {
      builder.startVector(16, 1, 8)
      builder.addInt64(0n)
      builder.addInt64(0n)
      const buffers = builder.endVector()
      builder.startVector(8, 1, 8)
      builder.addInt64(count)
      const counts = builder.endVector()
      builder.startObject(5)
      builder.addFieldOffset(2, buffers, 0)
      builder.addFieldOffset(4, counts, 0)
      return builder.endObject()
    })
  t.is(checkMessage(views(1n)), views(1n).length)
  for (const count of [2n, -1n])
    t.regex((await raised(t, () => checkMessage(views(count)), 'BLOCK_CORRUPT')).message, /more buffers than there are/)
})
