import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  decimal,
  field,
  INT,
  SMALLINT,
  STRING,
  TIME,
  TIMESTAMP,
} from '../../../../columnar/types.js'
import { failedRead } from '../../../../connectors/files/file-errors.js'
import { Columns } from '../../../../connectors/postgres/reader/columns.js'
import * as layout from '../../../../executor/kernels/interface/postgres.js'
import type { LinearMemory } from '../../../../executor/memory/linear-memory.js'
import type { Samples } from './samples.js'

const TYPES: readonly DataType[] = [
  INT,
  SMALLINT,
  BIGINT,
  BOOLEAN,
  STRING,
  BINARY,
  DATE,
  TIME,
  TIMESTAMP,
  decimal(10, 2),
  decimal(38, 5),
  array(INT),
  array(STRING),
  array(BOOLEAN),
  array(decimal(38, 5)),
]
const FIELDS = TYPES.map((type, i) => field(`c${i}`, type))
const MOST_ROWS = 64

/** What a call of the kernel found. */
export interface ReadRows {
  readonly rows: number
  /** How many bytes it has read. */
  readonly at: number
  readonly status: number
  readonly needed: number
}

/** Has the kernel read messages, which lie in memory; refs must stay within them. */
export function readMessages(messages: Uint8Array, memory: LinearMemory): ReadRows {
  const { kernels } = memory
  const address = memory.allocate(messages.length)
  const outcome = memory.allocate(layout.POSTGRES_OUTCOME_BYTES)
  const signal = new AbortController().signal
  const columns = new Columns(FIELDS, MOST_ROWS, { memory, kernels, signal })
  try {
    memory.bytes.set(messages, address)
    const end = address + messages.length
    const rows = kernels.postgresRows(columns.address, FIELDS.length, address, end, 0, MOST_ROWS, outcome)
    columns.keepLists(rows)
    for (const [i, { data, validity }] of columns.batch.entries()) {
      if (TYPES[i] !== STRING && TYPES[i] !== BINARY) continue
      for (let row = 0; row < rows; row++) {
        const [from, length] = [0, 4].map((part) => memory.view.getUint32(data + 8 * row + part, true)) as [
          number,
          number,
        ]
        const isWithin = memory.bytes[validity + row] === 0 ? length === 0 : from >= address && from + length <= end
        if (!isWithin) throw new Error(`row ${row} points beyond its message`)
      }
    }
    const told = (place: number): number => memory.view.getUint32(outcome + place, true)
    const at = told(layout.POSTGRES_AT) - address
    return { rows, at, status: told(layout.POSTGRES_STATUS), needed: told(layout.POSTGRES_NEEDED) }
  } finally {
    columns.release()
    memory.release(outcome)
    memory.release(address)
  }
}

/** As a decoder: what is malformed is a condition. */
export function decodeMessages(messages: Uint8Array, memory: LinearMemory): void {
  const { status } = readMessages(messages, memory)
  if (status < layout.POSTGRES_MALFORMED) return
  throw failedRead('a row', `status ${status}`)
}

const words = (bytes: 2 | 4 | 8, ...values: readonly number[]): Buffer =>
  Buffer.concat(
    values.map((value) => {
      const word = Buffer.alloc(8)
      word.writeBigInt64BE(BigInt(value))
      return word.subarray(8 - bytes)
    }),
  )

/** A row as the server sends it. */
export function rowMessage(values: readonly (Buffer | null)[], before: Buffer = Buffer.alloc(0)): Buffer {
  const fields = values.flatMap((value) => (value ? [words(4, value.length), value] : [words(4, -1)]))
  const content = Buffer.concat([before, words(2, values.length), ...fields])
  return Buffer.concat([Buffer.from('d'), words(4, content.length + 4), content])
}

const SIGNATURE = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), words(4, 0, 0)])
/** An array of one dimension, of elements of some type. */
export const listOf = (...elements: readonly (Buffer | null)[]): Buffer =>
  Buffer.concat([
    words(4, elements.length > 0 ? 1 : 0, elements.includes(null) ? 1 : 0, 25),
    ...(elements.length > 0 ? [words(4, elements.length, 1)] : []),
    ...elements.flatMap((value) => (value ? [words(4, value.length), value] : [words(4, -1)])),
  ])

const NUMBER = words(2, 4, 6, 0, 5, 1, 2345, 6789, 1)
export const VALUES: readonly Buffer[] = [
  words(4, -7),
  words(2, 8),
  words(8, -9),
  Buffer.from([1]),
  Buffer.from('a text'),
  Buffer.from([0, 255]),
  words(4, -20_000),
  words(8, 86_399_999_999),
  words(8, -1),
  words(2, 2, 0, 0x4000, 2, 12, 3400),
  NUMBER,
  listOf(words(4, 1), null, words(4, -3)),
  listOf(Buffer.from('a text'), Buffer.from(''), null),
  listOf(),
  listOf(NUMBER, NUMBER),
]
/** The messages of a COPY: two rows, one of them of NULLs, and its end. */
export const COPIED = Buffer.concat([
  rowMessage(VALUES, SIGNATURE),
  rowMessage(VALUES.map(() => null)),
  rowMessage(VALUES),
  Buffer.concat([Buffer.from('d'), words(4, 6), words(2, -1)]),
  Buffer.concat([Buffer.from('c'), words(4, 4)]),
])

export const postgresSamples = (): Samples => [COPIED]
