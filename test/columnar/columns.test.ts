import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { type Column, columnOf } from '../../columnar/columns/column.js'
import { joinedColumns, pickedRows } from '../../columnar/columns/moved-columns.js'
import { packedLists } from '../../columnar/columns/packed-lists.js'
import { blockOfColumns, storedColumns } from '../../columnar/columns/stored-columns.js'
import { gatheredBytes, variableValues } from '../../columnar/columns/variable.js'
import { rowsFromBlock } from '../../columnar/rows.js'
import * as types from '../../columnar/types.js'
import { raised } from '../support/raised.js'

const { field } = types
const NESTED = types.struct([field('b', types.BOOLEAN), field('s', types.STRING), field('n', types.BIGINT)])

/** What is in a column of the rows, and what rows a column has. */
const columnOfValues = (type: types.DataType, values: readonly unknown[]): Column => {
  const of = types.schema([field('v', type)])
  const block = blockFromRows(
    of,
    values.map((v) => ({ v })),
  )
  return storedColumns(of, block, 0, values.length)[0]!
}
const valuesOf = (type: types.DataType, column: Column): unknown[] => {
  const of = types.schema([field('v', type)])
  return rowsFromBlock(of, blockOfColumns(of, column.rows, [column])).map((row) => (row as { v: unknown }).v)
}

const VALUES: readonly (readonly [types.DataType, readonly unknown[]])[] = [
  [types.STRING, ['abc', null, 'd', '', 'efghi', 'j', null]],
  [types.BOOLEAN, [true, false, null, true, true, false, true]],
  [types.SMALLINT, [1, -2, null, 4, 5, -6, 7]],
  [types.BIGINT, [1n, -2n, null, 4n, 5n, -6n, 7n]],
  [NESTED, [{ b: true, s: 'x', n: 1n }, null, { b: null, s: null, n: null }, { b: false, s: 'yz', n: -5n }]],
]

test('columns one after the other have the rows of all, texts of the third one as well', (t) => {
  for (const [type, values] of VALUES) {
    const pieces = [values.slice(0, 3), values.slice(3), values, []].map((some) => columnOfValues(type, some))
    t.deepEqual(valuesOf(type, joinedColumns(type, pieces)), [...values, ...values], types.sqlTypeName(type))
  }
})

test('rows are picked in any order and more than once, and what is picked from nowhere is NULL', (t) => {
  for (const [type, values] of VALUES) {
    const picked = [3, -1, 0, 0, 2, -1, 1, 3]
    const column = pickedRows(type, columnOfValues(type, values), Int32Array.from(picked))
    const wanted = picked.map((at) => values[at] ?? null)
    t.deepEqual(valuesOf(type, column), wanted, types.sqlTypeName(type))
  }
})

const FIRST_AND_LAST = Uint8Array.of(0b101)
const offsetsOf = (...offsets: number[]): Int32Array => Int32Array.from(offsets)
const texts = (validity: Uint8Array, ...ends: number[]): Column =>
  columnOf(3, validity, [new Uint8Array(offsetsOf(0, ...ends).buffer), Buffer.from('abcdef')])

test('the bytes that lie under NULL are left out', (t) => {
  const [, picked] = pickedRows(types.STRING, texts(FIRST_AND_LAST, 2, 4, 6), offsetsOf(1, 2, 0)).buffers.slice(1)
  t.is(String(Buffer.from(picked!)), 'efab')
  const [ends, bytes] = variableValues(3, FIRST_AND_LAST, offsetsOf(0, 2, 4, 6), Buffer.from('abcdef'))
  t.deepEqual([[...new Int32Array(ends.buffer)], String(Buffer.from(bytes))], [[0, 2, 2, 4], 'abef'])
})

test('some rows of a block are its columns from there, of each type', (t) => {
  for (const [type, values] of VALUES) {
    const of = types.schema([field('v', type)])
    const many = [...values, ...values, ...values]
    const block = blockFromRows(
      of,
      many.map((v) => ({ v })),
    )
    for (const [from, until] of [
      [2, 5],
      [9, 12],
      [3, 3],
    ] as const) {
      const [column] = storedColumns(of, block, from, until)
      t.deepEqual(valuesOf(type, column!), many.slice(from, until), `${types.sqlTypeName(type)} from ${from}`)
    }
  }
})

test('what is in a struct that is NULL is NULL, although a block says it of the struct alone', (t) => {
  const of = types.schema([field('v', types.struct([field('x', types.TINYINT)]))])
  const x = columnOf(3, Uint8Array.of(0b110), [Uint8Array.of(1, 2, 3)])
  const block = blockOfColumns(of, 3, [columnOf(3, FIRST_AND_LAST, [], [x])])
  const [struct] = storedColumns(of, block, 0, 3)
  t.deepEqual([...struct!.children[0]!.buffers[0]!], [0b100])
  t.is(struct!.children[0]!.nullCount, 2)
})

test('each list has its own elements, texts from where they begin, and one that is NULL has none', (t) => {
  const element = columnOfValues(types.STRING, ['a', 'bc', 'def', 'g'.repeat(100)])
  const type = types.array(types.STRING)
  const lists = (validity: Uint8Array | undefined, ...offsets: number[]): unknown[] => {
    const rows = offsets.length - 1
    const values = packedLists(type, rows, validity, { offsets: offsetsOf(...offsets), vectors: [element] })
    return valuesOf(type, columnOf(rows, validity, values))
  }
  t.deepEqual(lists(undefined, 0, 1, 1, 4), [['a'], [], ['bc', 'def', 'g'.repeat(100)]])
  t.deepEqual(lists(FIRST_AND_LAST, 0, 1, 3, 4), [['a'], null, ['g'.repeat(100)]])
  const [ends] = packedLists(type, 3, FIRST_AND_LAST, { offsets: offsetsOf(0, 1, 3, 3), vectors: [element] })
  const [, first, second] = new Int32Array(ends.slice().buffer)
  t.is(first, second, 'no bytes lie under NULL')
})

test('a boolean that is NULL is picked as one that is false, whatever lies under it', (t) => {
  const booleans = columnOf(3, FIRST_AND_LAST, [Uint8Array.of(0b111)])
  const [validity, bits] = pickedRows(types.BOOLEAN, booleans, offsetsOf(1, 2, 0, 1)).buffers
  t.deepEqual([[...validity!], [...bits!]], [[0b0110], [0b0110]])
})

test('texts that together have more bytes than offsets hold are refused, in one column and in lists', async (t) => {
  // Only the offsets say that there are so many.
  const long = (...ends: number[]): Column =>
    columnOf(ends.length, undefined, [new Uint8Array(offsetsOf(0, ...ends).buffer), new Uint8Array()])
  const most = 2 ** 31 - 1
  const joined = (...columns: Column[]): Int32Array =>
    new Int32Array(joinedColumns(types.STRING, columns).buffers[1]!.slice().buffer)
  t.deepEqual([...joined(long(5, most - 10), long(4, 10))], [0, 5, most - 10, most - 6, most])
  await raised(t, () => joined(long(most), long(1)), 'UNSUPPORTED_FEATURE')
  const half = 2 ** 30
  await raised(
    t,
    () =>
      gatheredBytes(
        2,
        () => half,
        () => new Uint8Array(),
      ),
    'UNSUPPORTED_FEATURE',
  )
  const lists = { offsets: offsetsOf(0, 2), vectors: [long(7, most - 8)] }
  await raised(t, () => packedLists(types.array(types.STRING), 1, undefined, lists), 'UNSUPPORTED_FEATURE')
})

test('equal lists have equal bytes, whatever lies under the NULLs in them', (t) => {
  const lists = (element: types.DataType, elements: Column): Uint8Array =>
    packedLists(types.array(element), 1, undefined, { offsets: offsetsOf(0, 3), vectors: [elements] })[1]
  const booleans = (bits: number): Column => columnOf(3, FIRST_AND_LAST, [Uint8Array.of(bits)])
  t.deepEqual(lists(types.BOOLEAN, booleans(0b111)), lists(types.BOOLEAN, booleans(0b101)))
  const numbers = (...values: number[]): Column => columnOf(3, FIRST_AND_LAST, [Uint8Array.from(values)])
  t.deepEqual(lists(types.TINYINT, numbers(1, 9, 3)), lists(types.TINYINT, numbers(1, 0, 3)))
})

test('an element that may not be NULL is refused when it is, unless the struct that it is in is NULL', async (t) => {
  const x = columnOf(3, FIRST_AND_LAST, [Uint8Array.of(1, 0, 3)])
  const packed = (element: types.DataType, containsNull: boolean, elements: Column): Uint8Array =>
    packedLists(types.array(element, containsNull), 1, undefined, { offsets: offsetsOf(0, 3), vectors: [elements] })[1]
  await raised(t, () => packed(types.TINYINT, false, x), 'INVALID_ROW_VALUE')
  const struct = types.struct([field('x', types.TINYINT, false)])
  await raised(t, () => packed(struct, true, columnOf(3, undefined, [], [x])), 'INVALID_ROW_VALUE')
  const inNull = packed(struct, true, columnOf(3, FIRST_AND_LAST, [], [x]))
  const list = types.schema([field('v', types.array(struct))])
  const rows = [{ v: [{ x: 1 }, null, { x: 3 }] }]
  const [column] = storedColumns(list, blockFromRows(list, rows), 0, 1)
  t.deepEqual(inNull, Uint8Array.from(column!.buffers[2]!))
  for (const v of [[{ x: null }], [{}]]) await raised(t, () => blockFromRows(list, [{ v }]), 'INVALID_ROW_VALUE')
})
