import test from 'ava'
import * as layout from '../../executor/kernels/interface/postgres.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { COPIED, listOf, readMessages, rowMessage, VALUES } from '../support/fuzz/decoders/postgres-rows.js'

const memory = new LinearMemory()

test('messages that end anywhere are read as far as they are whole', (t) => {
  const whole = readMessages(COPIED, memory)
  t.deepEqual(whole, { rows: 3, at: COPIED.length - 5, status: layout.POSTGRES_OTHER, needed: 0 })
  for (let end = 0; end < COPIED.length - 5; end++) {
    const { rows, at, status, needed } = readMessages(COPIED.subarray(0, end), memory)
    t.is(status, layout.POSTGRES_MORE)
    t.true(at <= end && (needed === 0 ? end - at < 5 : at + needed > end && at + needed <= COPIED.length))
    t.is(rows + readMessages(COPIED.subarray(at), memory).rows, 3)
  }
})

test('a row with other columns, with a value that ends beyond it, or with bytes behind its values is malformed', (t) => {
  const statusOf = (message: Buffer): number => readMessages(message, memory).status
  t.is(statusOf(rowMessage([null])), layout.POSTGRES_MALFORMED)
  const row = rowMessage(VALUES.map(() => null))
  t.is(statusOf(row), layout.POSTGRES_MORE)
  const first = 7
  for (const length of [-2, 1, 100, 0x7fffffff]) {
    const broken = Buffer.from(row)
    broken.writeInt32BE(length, first)
    t.is(statusOf(broken), layout.POSTGRES_MALFORMED, `${length}`)
  }
  t.is(
    statusOf(
      Buffer.concat([row.subarray(0, 1), Buffer.from([0, 0, 0, row.length]), row.subarray(5), Buffer.from([0])]),
    ),
    layout.POSTGRES_MALFORMED,
  )
  t.is(statusOf(Buffer.from('d\0\0\0\x03')), layout.POSTGRES_MALFORMED)
  for (let column = 0; column < VALUES.length; column++) {
    if (column === 4 || column === 5) continue
    const values = VALUES.map((_, i) => (i === column ? Buffer.alloc(3) : null))
    t.is(statusOf(rowMessage(values)), layout.POSTGRES_MALFORMED, `column ${column}`)
  }
})

test('an array that ends before its elements do, has bytes behind them, or more elements than bytes is malformed; one of several dimensions is told', (t) => {
  const lists = VALUES.length - 4
  const statusOf = (list: Buffer, column = lists): number =>
    readMessages(rowMessage(VALUES.map((value, i) => (i === column ? list : value))), memory).status
  const element = Buffer.from([0, 0, 0, 7])
  const list = listOf(element, null, element)
  t.is(statusOf(list), layout.POSTGRES_MORE)
  for (let end = 0; end < list.length; end++) t.is(statusOf(list.subarray(0, end)), layout.POSTGRES_MALFORMED, `${end}`)
  t.is(statusOf(Buffer.concat([list, Buffer.alloc(1)])), layout.POSTGRES_MALFORMED)
  const withWord = (at: number, value: number): Buffer => {
    const changed = Buffer.from(list)
    changed.writeInt32BE(value, at)
    return changed
  }
  for (const count of [-1, 2, 4, 0x7fffffff]) t.is(statusOf(withWord(12, count)), layout.POSTGRES_MALFORMED, `${count}`)
  for (const length of [-2, 3, 5, 0x7fffffff])
    t.is(statusOf(withWord(20, length)), layout.POSTGRES_MALFORMED, `${length}`)
  for (const dimensions of [-1, 0, 7])
    t.is(statusOf(withWord(0, dimensions)), layout.POSTGRES_MALFORMED, `${dimensions}`)
  for (const dimensions of [2, 6]) t.is(statusOf(withWord(0, dimensions)), layout.POSTGRES_NESTED)
  t.is(statusOf(listOf()), layout.POSTGRES_MORE)
})
