import test from 'ava'
import * as layout from '../../executor/kernels/interface/postgres.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { COPIED, readMessages, rowMessage } from '../support/fuzz/decoders/postgres-rows.js'

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
  const row = rowMessage(Array.from({ length: 11 }, () => null))
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
  for (let column = 0; column < 11; column++) {
    if (column === 4 || column === 5) continue
    const values = Array.from({ length: 11 }, (_, i) => (i === column ? Buffer.alloc(3) : null))
    t.is(statusOf(rowMessage(values)), layout.POSTGRES_MALFORMED, `column ${column}`)
  }
})
