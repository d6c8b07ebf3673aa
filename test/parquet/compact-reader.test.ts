import test from 'ava'
import { CompactReader, MalformedThrift } from '../../connectors/parquet/compact-reader.js'

const [TRUE, FALSE, BYTE, I32, DOUBLE, BINARY, LIST, STRUCT] = [1, 2, 3, 5, 7, 8, 9, 12]
/** The head of a field whose number is one more than that before it. */
const next = (type: number): number => 0x10 | type
const listOf = (type: number, count: number): number => (count << 4) | type
const readerOf = (...bytes: number[]): CompactReader => new CompactReader(Uint8Array.from(bytes))

test('numbers of one byte have a sign, and a field has a number above 0', (t) => {
  const bytes = readerOf(next(BYTE), 0xff, next(BYTE), 0x80, next(BYTE), 0x7f, 0)
  const values = [1, 2, 3].map((id) => {
    t.is(bytes.field(id - 1), id)
    return bytes.integer()
  })
  t.deepEqual(values, [-1, -128, 127])
  t.is(bytes.field(3), 0)
  // Written in full: 100, and back again.
  const numbered = readerOf(I32, 200, 1, 2, I32, 2, 4)
  t.deepEqual([numbered.field(0), numbered.integer(), numbered.field(100), numbered.integer()], [100, 1, 1, 2])
  for (const zigzag of [0, 1])
    t.throws(() => readerOf(I32, zigzag).field(5), { instanceOf: MalformedThrift, message: /no valid number/ })
})

test('a number ends within ten bytes and can be held exactly', (t) => {
  const read = (of: 'integer' | 'number', varint: readonly number[]): number => {
    const reader = readerOf(next(I32), ...varint)
    reader.field(0)
    return reader[of]()
  }
  const number = (...varint: number[]): number => read('integer', varint)
  const full = Array(7).fill(0xff)
  t.is(number(0xfe, ...full.slice(1), 0x0f), 2 ** 52 - 1)
  t.is(number(0xfe, ...full.slice(1), 0x1f), Number.MAX_SAFE_INTEGER)
  t.throws(() => number(0xfe, ...full.slice(1), 0x3f), { instanceOf: MalformedThrift, message: /too large/ })
  t.true(read('number', [0xfe, ...full.slice(1), 0x3f]) > Number.MAX_SAFE_INTEGER, 'for guesses it is about that')
  t.is(number(...Array(9).fill(0x80), 0), 0)
  for (const endless of [Array(10).fill(0x80).concat(0), [0x80]])
    t.throws(() => number(...endless), { instanceOf: MalformedThrift, message: /does not end/ })
})

test('fields of any kind are passed over, lists of booleans too, of which each takes a byte', (t) => {
  const unknown = [
    [next(TRUE)],
    [next(BYTE), 9],
    [next(I32), 0x80, 1],
    [next(DOUBLE), 1, 2, 3, 4, 5, 6, 7, 8],
    [next(BINARY), 2, 7, 7],
    [next(LIST), listOf(TRUE, 3), 1, 2, 1],
    [next(LIST), listOf(FALSE, 2), 2, 2],
    [next(LIST), listOf(STRUCT, 2), next(BYTE), 3, 0, 0],
    [next(STRUCT), next(BYTE), 3, 0],
  ]
  for (const field of unknown) {
    const reader = readerOf(...field, next(BYTE), 42, 0)
    reader.field(0)
    reader.skip()
    t.deepEqual([reader.field(1), reader.integer()], [2, 42], String(field))
  }
})

test('a list has at most as many elements as there are bytes behind its head', (t) => {
  const structs = (...bytes: number[]): number => {
    const reader = readerOf(next(LIST), ...bytes)
    reader.field(0)
    return reader.structs((r) => r.field(0)).length
  }
  t.is(structs(listOf(STRUCT, 3), 0, 0, 0), 3)
  t.throws(() => structs(listOf(STRUCT, 3), 0, 0), { instanceOf: MalformedThrift, message: /a list ends too early/ })
})
