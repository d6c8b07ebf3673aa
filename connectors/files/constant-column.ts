import { storageOf } from '../../columnar/leaves.js'
import type { DataType } from '../../columnar/types.js'
import { type BatchColumn, MAX_BATCH_ROWS, type Memory, type PartitionValue } from '../api.js'
import type { Region } from './region.js'

/** A column that a file's folder is named after: the same value in every row. */
export interface ConstantColumn {
  readonly targetBytes: number
  readonly isText: boolean
  /** As it lies in memory, which of numbers with fractions are their bits. */
  readonly value: PartitionValue
}

/** How a value is laid out as a column of a type. */
export function constantOf(type: DataType, value: PartitionValue): ConstantColumn {
  const isText = type.kind === 'string' || type.kind === 'binary'
  return { targetBytes: widthOf(type), isText, value: value !== null && isFloating(type) ? bitsOf(type, value) : value }
}

/** The bytes of a value in a batch. */
export function widthOf(type: DataType): number {
  const storage = storageOf(type)
  return storage.kind === 'fixed' ? storage.bytes : storage.kind === 'variable' ? 8 : 1
}

const isFloating = ({ kind }: DataType): boolean => kind === 'float' || kind === 'double'

function bitsOf({ kind }: DataType, value: PartitionValue): bigint {
  const view = new DataView(new ArrayBuffer(8))
  if (kind === 'double') view.setFloat64(0, Number(value))
  else view.setFloat32(4, Number(value))
  return view.getBigUint64(0)
}

/** The column, made once a file. */
export function constantColumn(constant: ConstantColumn, region: Region, memory: Memory): BatchColumn {
  if (constant.value === null) return nullColumn(constant.targetBytes, region, memory)
  if (region.address === 0) fill(constant, region, memory)
  return { data: region.address, validity: 0 }
}

/** A column whose rows have values of their own. */
export function columnOfConstants(constants: readonly ConstantColumn[], region: Region, memory: Memory): BatchColumn {
  const { targetBytes } = constants[0]!
  const texts = constants.map(textOf)
  const rows = constants.length
  const validity = region.reserve(texts.reduce((sum, { length }) => sum + length, rows * (1 + targetBytes)))
  const data = validity + rows
  let textAt = data + rows * targetBytes
  memory.bytes.fill(0, validity, textAt)
  for (const [row, constant] of constants.entries()) {
    if (constant.value === null) continue
    memory.bytes[validity + row] = 1
    writeValue(constant, data + row * targetBytes, texts[row]!, textAt, memory)
    textAt += texts[row]!.length
  }
  return { data, validity }
}

const textOf = ({ isText, value }: ConstantColumn): Uint8Array =>
  isText && value !== null ? Buffer.from(String(value)) : new Uint8Array()

/** Writes a value that is not NULL, and its text to a place of its own. */
function writeValue(
  { value, isText, targetBytes }: ConstantColumn,
  at: number,
  text: Uint8Array,
  textAt: number,
  memory: Memory,
): void {
  memory.bytes.set(text, textAt)
  const bits = isText ? BigInt(textAt) | (BigInt(text.length) << 32n) : BigInt(value!)
  for (let byte = 0; byte < targetBytes; byte++)
    memory.bytes[at + byte] = Number(BigInt.asUintN(8, bits >> BigInt(8 * byte)))
}

function fill(constant: ConstantColumn, region: Region, memory: Memory): void {
  const text = textOf(constant)
  const bytes = MAX_BATCH_ROWS * constant.targetBytes
  const start = region.reserve(bytes + text.length)
  writeValue(constant, start, text, start + bytes, memory)
  // Doubled until it fills the column.
  for (let filled = constant.targetBytes; filled < bytes; filled *= 2)
    memory.bytes.copyWithin(start + filled, start, start + Math.min(filled, bytes - filled))
}

/** A column of NULLs, whose values have so many bytes. */
export function nullColumn(targetBytes: number, region: Region, memory: Memory): BatchColumn {
  if (region.address === 0) {
    const bytes = MAX_BATCH_ROWS * (1 + targetBytes)
    const start = region.reserve(bytes)
    memory.bytes.fill(0, start, start + bytes)
  }
  return { data: targetBytes === 0 ? 0 : region.address + MAX_BATCH_ROWS, validity: region.address }
}
