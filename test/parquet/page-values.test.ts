import { brotliCompressSync, gzipSync } from 'node:zlib'
import test from 'ava'
import { decimal, field, schema } from '../../columnar/types.js'
import { type Codec, decompress, storedAsIs } from '../../connectors/parquet/reader/decompress.js'
import { PageBuffers } from '../../connectors/parquet/reader/page-buffers.js'
import { toPlain } from '../../connectors/parquet/reader/to-plain.js'
import type { ValuesSource } from '../../connectors/parquet/split.js'
import { schemaElements } from '../../connectors/parquet/writer/schema-elements.js'
import { newContext } from './support.js'

const context = newContext()
const { memory, kernels } = context
const CONTENT = Buffer.from('the values of a page, the values of a page')

/** Where bytes lie in linear memory. */
const placed = (bytes: Uint8Array): number => {
  const address = memory.allocate(bytes.length + 8)
  memory.bytes.set(bytes, address)
  return address
}

test('a page is decompressed when it has just as many bytes as its head says', (t) => {
  const made: readonly (readonly [Codec, Uint8Array])[] = [
    ['UNCOMPRESSED', CONTENT],
    ['GZIP', gzipSync(CONTENT)],
    ['BROTLI', brotliCompressSync(CONTENT)],
  ]
  for (const [codec, bytes] of made) {
    const address = placed(bytes)
    const target = placed(new Uint8Array(CONTENT.length + 1))
    const unpack = (uncompressedBytes: number): string | undefined =>
      decompress(codec, { address, bytes: bytes.length, uncompressedBytes }, target, memory, kernels)
    t.is(unpack(CONTENT.length), undefined, codec)
    t.deepEqual(Buffer.from(memory.bytes.subarray(target, target + CONTENT.length)), CONTENT)
    t.regex(unpack(CONTENT.length + 1)!, /sizes disagree|another size/, codec)
    t.regex(unpack(CONTENT.length - 1)!, /sizes disagree|malformed/, codec)
  }
})

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)])
/** The tag of a literal of SNAPPY, with its length in so many bytes. */
const literalTag = (length: number, bytes: number): number[] =>
  bytes === 0
    ? [(length - 1) << 2]
    : [(59 + bytes) << 2, ...Array.from({ length: bytes }, (_, i) => ((length - 1) >>> (8 * i)) & 255)]

test('what SNAPPY keeps as one literal, or is not compressed, is found where it stands', (t) => {
  const found = (codec: Codec, bytes: Uint8Array, uncompressedBytes: number): number => {
    const address = placed(bytes)
    const at = storedAsIs(codec, { address, bytes: bytes.length, uncompressedBytes }, kernels)
    return at === 0 ? -1 : at - address
  }
  const lengths: readonly (readonly [number, number])[] = [
    ...([
      [1, 0],
      [60, 0],
      [60, 1],
      [61, 1],
      [256, 1],
      [257, 2],
      [65_536, 2],
      [65_537, 3],
      [70_000, 4],
    ] as const),
  ]
  for (const [length, bytes] of lengths) {
    const head = [...varint(length), ...literalTag(length, bytes)]
    const whole = Buffer.concat([Uint8Array.from(head), Buffer.alloc(length, 'v')])
    const name = `${length} by ${bytes}`
    t.is(found('SNAPPY', whole, length), head.length, name)
    t.is(found('SNAPPY', whole, length + 1), -1, name)
    t.is(found('SNAPPY', whole.subarray(0, -1), length), -1, name)
    t.is(found('SNAPPY', Buffer.concat([whole, Uint8Array.of(0)]), length), -1, name)
    t.is(found('UNCOMPRESSED', whole, whole.length), 0, name)
    t.is(found('UNCOMPRESSED', whole, length), -1, name)
    t.is(found('GZIP', whole, whole.length), -1, name)
  }
  // A literal of two bytes, and a copy of one of them.
  t.is(found('SNAPPY', Uint8Array.of(6, 1 << 2, 1, 2, 1, 1), 6), -1)
  t.is(found('SNAPPY', Uint8Array.of(4, 1, 1), 4), -1)
  t.is(found('SNAPPY', Uint8Array.of(0), 0), -1)
  t.is(found('SNAPPY', Uint8Array.of(), 0), -1)
  // A literal whose length takes more bytes than there are.
  t.is(found('SNAPPY', Uint8Array.of(200, 1, 61 << 2, 199), 200), -1)
})

/** Numbers from `first` on, each so much more than the one before, as DELTA_BINARY_PACKED. */
const deltas = (count: number, first: number, step: number): readonly number[] => [
  ...[0x80, 1, 4, count, 2 * first],
  ...(count > 1 ? [2 * step, 0, 0, 0, 0] : []),
]

test('rarer encodings have no more values than a page may have, and each part of them as many', (t) => {
  const plain = (
    encoding: Parameters<typeof toPlain>[0],
    physical: 'INT32' | 'BYTE_ARRAY',
    bytes: readonly number[],
    limit: number,
  ) => {
    const buffers = new PageBuffers(memory)
    const start = placed(Uint8Array.from(bytes))
    const sourceBytes = physical === 'INT32' ? 4 : 0
    const range = { start, end: start + bytes.length }
    const made = toPlain(encoding, { physical, sourceBytes } as ValuesSource, range, limit, {
      memory,
      kernels,
      buffers,
    })
    return typeof made === 'object' ? [...memory.bytes.subarray(made.start, made.end)] : made
  }
  const wrong = 'its number of values is wrong'
  const numbers = deltas(3, 5, 1)
  t.deepEqual(plain('DELTA_BINARY_PACKED', 'INT32', numbers, 3), [5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0])
  t.is(plain('DELTA_BINARY_PACKED', 'INT32', numbers, 2), wrong)
  const streams = [1, 2, 3, 4, 5, 6, 7, 8]
  t.deepEqual(plain('BYTE_STREAM_SPLIT', 'INT32', streams, 2), [1, 3, 5, 7, 2, 4, 6, 8])
  t.is(plain('BYTE_STREAM_SPLIT', 'INT32', streams, 1), wrong)
  t.is(plain('BYTE_STREAM_SPLIT', 'INT32', streams.slice(1), 2), wrong)
  const [a, b] = Buffer.from('ab') as unknown as [number, number]
  const lengths = [...deltas(2, 1, 0), a, b]
  t.deepEqual(plain('DELTA_LENGTH_BYTE_ARRAY', 'BYTE_ARRAY', lengths, 2), [1, 0, 0, 0, a, 1, 0, 0, 0, b])
  t.is(plain('DELTA_LENGTH_BYTE_ARRAY', 'BYTE_ARRAY', lengths, 1), wrong)
  // The second one begins with what the first one is.
  const prefixed = plain('DELTA_BYTE_ARRAY', 'BYTE_ARRAY', [...deltas(2, 0, 1), ...lengths], 2)
  t.deepEqual(prefixed, [1, 0, 0, 0, a, 2, 0, 0, 0, a, b])
  for (const prefixes of [1, 3])
    t.is(
      plain('DELTA_BYTE_ARRAY', 'BYTE_ARRAY', [...deltas(prefixes, 0, 0), ...lengths], 3),
      'prefixes and suffixes differ in number',
    )
})

test('a decimal is written in as few bytes as hold all of its digits', (t) => {
  const typeOf = (precision: number): unknown => {
    const [, { type, type_length } = { type: undefined, type_length: undefined }] = schemaElements(
      schema([field('d', decimal(precision, 2))]),
    )
    return type === 'FIXED_LEN_BYTE_ARRAY' ? type_length : type
  }
  t.deepEqual([9, 10, 18].map(typeOf), ['INT32', 'INT64', 'INT64'])
  const most = [18, 21, 23, 26, 28, 31, 33, 35, 38]
  for (const [i, precision] of most.slice(1).entries()) {
    t.is(typeOf(precision), 9 + i, String(precision))
    t.is(typeOf(most[i]! + 1), 9 + i, String(most[i]! + 1))
  }
})
