import { isAscii } from 'node:buffer'
import type { BatchColumn } from '../../connectors/api.js'
import type { Area } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { TextColumn } from './batch-loop.js'

/** Short texts of ASCII are read byte by byte: a call of Node's decoder takes longer. */
const SHORT_TEXT = 16

/** The texts of a column of a batch, whose bytes lie one behind the other. */
export function textColumn(memory: LinearMemory, { data }: BatchColumn, rows: number): TextColumn {
  const refs = new Uint32Array(memory.linear.buffer, data, rows * 2)
  const bytes = Buffer.from(memory.linear.buffer)
  const start = refs[0] ?? 0
  const end = rows === 0 ? start : refs[rows * 2 - 2]! + refs[rows * 2 - 1]!
  const whole = isAscii(bytes.subarray(start, end)) ? bytes.toString('latin1', start, end) : undefined
  const decode = (address: number, length: number): string => {
    if (length > SHORT_TEXT) return bytes.toString('utf8', address, address + length)
    let text = ''
    for (let i = address; i < address + length; i++) {
      const byte = bytes[i]!
      if (byte > 0x7f) return bytes.toString('utf8', address, address + length)
      text += String.fromCharCode(byte)
    }
    return text
  }
  return { refs, whole, start, decode }
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
