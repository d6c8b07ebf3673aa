import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { ColumnOrName } from './makers.js'
import { optionsOf, type TextOptions } from './text-options.js'

/* Messages of protocol buffers in columns of bytes. Descriptors are the bytes that protoc writes, or the path of their file. */

/** The value that a message is. */
export const fromProtobuf = <const A extends ColumnOrName>(
  column: A,
  message: string,
  descriptors: string | Uint8Array,
  options?: TextOptions,
): Column<unknown, string, ReferencesOf<A>> =>
  functionOf('from_protobuf', nameOrColumn(column), message, descriptorsOf(descriptors), ...optionsOf(options))

/** A struct as a message. */
export const toProtobuf = <const A extends ColumnOrName>(
  column: A,
  message: string,
  descriptors: string | Uint8Array,
  options?: TextOptions,
): Column<Uint8Array | null, string, ReferencesOf<A>> =>
  functionOf('to_protobuf', nameOrColumn(column), message, descriptorsOf(descriptors), ...optionsOf(options))

const descriptorsOf = (given: string | Uint8Array): string | Column =>
  typeof given === 'string' ? given : functionOf('unhex', Buffer.from(given).toString('hex'))
