import { MillraceError } from '../common/errors/millrace-error.js'
import type { Block } from './block.js'
import { CalendarDate } from './calendar-date.js'
import type { ColumnBuffers, Nested } from './column-buffers.js'
import { columnReaders, decimalReader, fixedReader, int32Reader, int64Reader } from './column-reader.js'
import { Decimal } from './decimal.js'
import { Timestamp } from './timestamp.js'
import type { DataType, Schema } from './types.js'

type PlainValue = null | boolean | number | bigint | string | Uint8Array | Timestamp | CalendarDate | Decimal

/** A value as users see it: bigint for bigint, Decimal, kinds of Date for dates and timestamps, an object for a struct. */
export type Value = Nested<PlainValue>

/** Reads one column of a block, row by row. For the edges only: what users collect, show or write in small. */
export type ValueReader = (row: number) => Value

/** A reader for each column of the schema, over this block. */
export const valueReaders = (schema: Schema, block: Block): readonly ValueReader[] =>
  columnReaders(schema, block, plainReader)

/** A value as it is stored, and as literals of plans have it: decimals unscaled, dates as days, times as microseconds. */
export type StoredValue = null | boolean | number | bigint | string | Uint8Array

/** The rows of a block of plain types, at most `most` of them, with values as they are stored. */
export function storedTuples(schema: Schema, block: Block, most = block.rows): StoredValue[][] {
  const readers = columnReaders<StoredValue>(
    schema,
    block,
    (type, buffers) => fixedReader(type, buffers) ?? (plainReader(type, buffers) as (row: number) => StoredValue),
  )
  const length = Math.min(block.rows, most)
  return Array.from({ length }, (_, row) => readers.map((read) => read(row) as StoredValue))
}

function plainReader(type: DataType, buffers: ColumnBuffers): (row: number) => PlainValue {
  const { view, bytes, at, data } = buffers
  switch (type.kind) {
    case 'void':
      return () => null
    case 'decimal': {
      const unscaled = decimalReader(type, view, at)
      return (row) => new Decimal(unscaled(row), type.scale)
    }
    case 'date': {
      const days = int32Reader(view, at)
      return (row) => CalendarDate.ofDays(days(row))
    }
    case 'timestamp':
    case 'timestamp_ntz': {
      const micros = int64Reader(view, at)
      return (row) => Timestamp.ofMicros(micros(row))
    }
    case 'string':
      return variableReader(buffers, (start, end) => bytes.toString('utf8', data.offset + start, data.offset + end))
    case 'binary':
      return variableReader(buffers, (start, end) =>
        Uint8Array.from(bytes.subarray(data.offset + start, data.offset + end)),
      )
    default: {
      const read = fixedReader(type, buffers)
      if (read) return read
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `values of type ${type.kind}` })
    }
  }
}

function variableReader<V>({ view, at }: ColumnBuffers, read: (start: number, end: number) => V): (row: number) => V {
  return (row) => read(view.getInt32(at + row * 4, true), view.getInt32(at + row * 4 + 4, true))
}
