import { MAX_BATCH_ROWS, type Memory } from '../../api.js'
import type { LeafSource } from '../split.js'
import type { Region } from './region.js'

type Constant = Extract<LeafSource, { kind: 'constant' }>

/** A column with the same value in every row, made once a file. @returns its address */
export function constantColumn({ value, isText, targetBytes }: Constant, region: Region, memory: Memory): number {
  if (region.address !== 0) return region.address
  const text = isText ? Buffer.from(String(value)) : new Uint8Array()
  const bytes = MAX_BATCH_ROWS * targetBytes
  const start = region.reserve(bytes + text.length)
  memory.bytes.set(text, start + bytes)
  const bits = isText ? BigInt(start + bytes) | (BigInt(text.length) << 32n) : BigInt(value!)
  for (let byte = 0; byte < targetBytes; byte++)
    memory.bytes[start + byte] = Number(BigInt.asUintN(8, bits >> BigInt(8 * byte)))
  // Doubled until it fills the column.
  for (let filled = targetBytes; filled < bytes; filled *= 2)
    memory.bytes.copyWithin(start + filled, start, start + Math.min(filled, bytes - filled))
  return start
}
