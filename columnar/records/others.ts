import { MillraceError } from '../../common/errors/millrace-error.js'
import { ARROW } from '../arrow/arrow-tags.js'
import type { ColumnBuffers } from '../column-buffers.js'
import { type ArrayType, type MapType, quotedTypeName, type StructType, VOID } from '../types.js'
import type { Read, RecordOf, Shape, TypeRecord } from './record.js'
import { arrowType, asStored, NONE, VARIABLE } from './words.js'

/** Nothing but NULLs, which are held as an i32. */
export const voidRecord: RecordOf<'void'> = {
  shape: () => 'i32',
  storage: () => NONE,
  arrow: arrowType(ARROW.null),
  readStored: () => () => null,
  readUser: () => () => null,
  encodeStored: () => {
    throw new MillraceError('INTERNAL_ERROR', { message: 'a literal of type void has a value' })
  },
  encodeUser: () => {
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `rows with a column of type ${quotedTypeName(VOID)}` })
  },
}

/** Reads what lies between two offsets. */
function bytesReader<V>({ view, at, data }: ColumnBuffers, read: (start: number, end: number) => V): Read<V> {
  const { offset } = data
  return (row) => read(offset + view.getInt32(at + row * 4, true), offset + view.getInt32(at + row * 4 + 4, true))
}

/** What is held as bytes. */
export const BYTES = {
  shape: (): Shape => 'bytes',
  storage: () => VARIABLE,
  readStored: (buffers: ColumnBuffers): Read<Uint8Array> =>
    bytesReader(buffers, (start, end) => buffers.bytes.subarray(start, end)),
} as const

export const stringRecord: RecordOf<'string'> = {
  ...BYTES,
  arrow: arrowType(ARROW.utf8),
  readUser: (buffers) => bytesReader(buffers, (start, end) => buffers.bytes.toString('utf8', start, end)),
  encodeStored: (value) => (typeof value === 'string' ? Buffer.from(value, 'utf8') : (value as Uint8Array)),
  encodeUser: (value) => (typeof value === 'string' ? Buffer.from(value, 'utf8') : undefined),
}
export const binaryRecord: RecordOf<'binary'> = {
  ...BYTES,
  arrow: arrowType(ARROW.binary),
  readUser: (buffers) => bytesReader(buffers, (start, end) => Uint8Array.from(buffers.bytes.subarray(start, end))),
  encodeStored: asStored,
  encodeUser: (value) => (value instanceof Uint8Array ? value : undefined),
}

export const structRecord: TypeRecord<StructType> = {
  shape: () => 'struct',
  storage: () => NONE,
  arrow: arrowType(ARROW.struct),
}

/** Bytes in which the elements are packed (`packed-writer.ts`). */
export const arrayRecord: TypeRecord<ArrayType> = {
  shape: () => 'bytes',
  storage: () => VARIABLE,
  arrow: arrowType(ARROW.list),
}
export const mapRecord: TypeRecord<MapType> = {
  shape: () => 'bytes',
  storage: () => VARIABLE,
  // Their keys are not sorted, which is the default of the only slot.
  arrow: arrowType(ARROW.map, { as: 'int8', value: 0, default: 0 }),
}
