import { readFileSync, statSync } from 'node:fs'
import { packed } from '../../columnar/packed-writer.js'
import { messageReader, type ReadMessage } from '../../columnar/protobuf/message-reader.js'
import { messageWriter, type WriteMessage } from '../../columnar/protobuf/message-writer.js'
import type { ProtoReading, ProtoWriting } from '../../columnar/protobuf/shape.js'
import { specOf } from '../../columnar/protobuf/spec.js'
import { Malformed, WireWriter } from '../../columnar/protobuf/wire.js'
import type { Encoded } from '../../columnar/records/record.js'
import type { ArrayType, DataType, StructType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { onceForCall } from './once-for-call.js'
import type { HostRoutine } from './routine.js'
import { writtenValue } from './written-value.js'

/* Messages of protocol buffers, of which and as which values are read and written in an array of one. */

const readerOf = onceForCall((spec: Uint8Array, type): { readonly read: ReadMessage; readonly failsFast: boolean } => {
  const { fields, tellsUsual, failsFast } = specOf<ProtoReading>(spec)
  return { read: messageReader(fields, type.element as StructType, tellsUsual), failsFast }
})

/** @throws MALFORMED_PROTOBUF_MESSAGE */
export const read: HostRoutine = ([bytes, spec], { result }) => {
  const { read, failsFast } = readerOf(spec!, result as ArrayType)
  return packed(result as ArrayType, [readOrNulls(bytes as Uint8Array, read, failsFast)], encode, refuse)!
}

function readOrNulls(bytes: Uint8Array, read: ReadMessage, failsFast: boolean): unknown {
  try {
    return read(bytes)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    if (failsFast) throw new MillraceError('MALFORMED_PROTOBUF_MESSAGE', { failFastMode: 'FAILFAST' })
    return {}
  }
}

const refuse = (): MillraceError =>
  new MillraceError('INTERNAL_ERROR', { message: 'a value of a message is of another type' })

const encode = (type: DataType, value: unknown): Encoded =>
  type.kind === 'array' || type.kind === 'map' ? packed(type, value, encode, refuse) : (value as Encoded)

const writerOf = onceForCall((spec: Uint8Array, type): WriteMessage => {
  const { fields, isCaseSensitive } = specOf<ProtoWriting>(spec)
  const key = (name: string): string => (isCaseSensitive ? name : name.toLowerCase())
  return messageWriter(fields, type.element as StructType, (a, b) => key(a) === key(b))
})

/** @throws CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE, CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_FIELD */
export const write = writtenValue(new WireWriter(), writerOf)

const MOST_FILE_BYTES = 64 * 1024 * 1024

/** The bytes of a file of descriptors. @throws PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND */
export const file: HostRoutine = ([path]) => {
  try {
    // Devices and pipes have no end, or wait for a writer.
    const found = statSync(path as string)
    if (found.isFile() && found.size <= MOST_FILE_BYTES) return readFileSync(path as string)
  } catch {
    // Told below.
  }
  throw new MillraceError('PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND', { filePath: path as string })
}
