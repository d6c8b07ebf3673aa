import { isAscii } from 'node:buffer'
import type { BatchColumn } from '../../connectors/api.js'
import type { Area } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { BytesColumn, TextColumn } from './batch-loop.js'

/** Short texts of ASCII are read byte by byte: a call of Node's decoder takes longer. */
const SHORT_TEXT = 16

/** The texts of a column of a batch, whose bytes lie one behind the other. */
export function textColumn(memory: LinearMemory, { data }: BatchColumn, rows: number): TextColumn {
  const refs = new Uint32Array(memory.linear.buffer, data, rows * 2)
  const bytes = Buffer.from(memory.linear.buffer)
  const start = refs[0] ?? 0
  const end = rows === 0 ? start : refs[rows * 2 - 2]! + refs[rows * 2 - 1]!
  const whole = isAscii(bytes.subarray(start, end)) ? bytes.toString('latin1', start, end) : undefined
  return { refs, whole, start, decode: (address, length) => textAt(bytes, address, length) }
}

/** A text as bytes that lie somewhere. */
export function textAt(bytes: Buffer, start: number, length: number): string {
  if (length > SHORT_TEXT) return bytes.toString('utf8', start, start + length)
  let text = ''
  for (let i = start; i < start + length; i++) {
    const byte = bytes[i]!
    if (byte > 0x7f) return bytes.toString('utf8', start, start + length)
    text += String.fromCharCode(byte)
  }
  return text
}

/** The binary values of a column of a batch. @param inPlace as views, which are right until a function is called that takes memory; else as copies */
export function bytesColumn(memory: LinearMemory, { data }: BatchColumn, rows: number, inPlace: boolean): BytesColumn {
  const { buffer } = memory.linear
  const refs = new Uint32Array(buffer, data, rows * 2)
  const at = (address: number, length: number) => new Uint8Array(buffer, address, length)
  return { refs, at: inPlace ? at : (address, length) => at(address, length).slice() }
}

/** Writes binary values to linear memory, with a ref for each in `refs`; what is missing is NULL. */
export function writeBytes(
  memory: LinearMemory,
  values: readonly (Uint8Array | undefined)[],
  bytes: Area,
  refs: number,
): void {
  const address = bytes.atLeast(values.reduce((sum, value) => sum + (value?.length ?? 0), 0))
  const { buffer } = memory.linear
  const out = new Uint8Array(buffer)
  const pairs = new Uint32Array(buffer, refs, values.length * 2)
  let end = address
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value) out.set(value, end)
    pairs[i * 2] = end
    pairs[i * 2 + 1] = value?.length ?? 0
    end += value?.length ?? 0
  }
}

/** Writes texts to linear memory, with a ref for each in `refs`; what is missing is NULL. */
export function writeTexts(
  memory: LinearMemory,
  texts: readonly (string | undefined)[],
  bytes: Area,
  refs: number,
): void {
  const joined = texts.join('')
  const isPlain = Buffer.byteLength(joined) === joined.length
  // Halves of a character that two texts end and begin with are none together.
  const length = isPlain ? joined.length : texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0)
  const address = bytes.atLeast(length)
  const { buffer } = memory.linear
  const out = Buffer.from(buffer, address, length)
  const pairs = new Uint32Array(buffer, refs, texts.length * 2)
  if (isPlain) out.write(joined, 'latin1')
  let end = 0
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] ?? ''
    const size = isPlain ? text.length : out.write(text, end, 'utf8')
    pairs[i * 2] = address + end
    pairs[i * 2 + 1] = size
    end += size
  }
}
