import type { Block } from './block.js'
import { bufferCount, layoutBlock } from './block-codec.js'
import { parseBlock } from './block-parser.js'
import { type Leaf, leavesOf } from './leaves.js'
import { isShortDecimal, type Schema } from './types.js'

const WIDE: Leaf['storage'] = { kind: 'fixed', bytes: 16 }
const isShort = (leaf: Leaf): boolean => leaf.type.kind === 'decimal' && isShortDecimal(leaf.type)

/** The same block with every decimal in 128 bits, for readers of Arrow that do not know its 64-bit decimals. */
export function widenDecimals(schema: Schema, block: Block): Block {
  const leaves = leavesOf(schema)
  if (!leaves.some(isShort)) return block
  const from = parseBlock(block.bytes, leaves)
  const contents = leaves.map((leaf, i) => ({
    nullCount: from.nullCounts[i]!,
    ...(leaf.storage.kind === 'variable' ? { variableBytes: from.buffers[dataBuffer(leaves, i)]!.length } : {}),
  }))
  const wide = leaves.map((leaf) => (isShort(leaf) ? { ...leaf, storage: WIDE } : leaf))
  const to = layoutBlock(wide, block.rows, contents)
  const bytes = new Uint8Array(to.totalBytes)
  bytes.set(to.header)
  const shortData = new Set(leaves.flatMap((leaf, i) => (isShort(leaf) ? [dataBuffer(leaves, i)] : [])))
  to.buffers.forEach(({ offset, length }, i) => {
    const source = block.bytes.subarray(from.buffers[i]!.offset, from.buffers[i]!.offset + from.buffers[i]!.length)
    if (shortData.has(i)) signExtend(source, new DataView(bytes.buffer, offset, length), block.rows)
    else bytes.set(source.subarray(0, length), offset)
  })
  return { rows: block.rows, bytes }
}

/** The position of a leaf's last buffer, which holds its values. */
function dataBuffer(leaves: readonly Leaf[], index: number): number {
  return leaves.slice(0, index + 1).reduce((sum, leaf) => sum + bufferCount(leaf), 0) - 1
}

function signExtend(source: Uint8Array, target: DataView, rows: number): void {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength)
  for (let row = 0; row < rows; row++) {
    const value = view.getBigInt64(row * 8, true)
    target.setBigInt64(row * 16, value, true)
    target.setBigInt64(row * 16 + 8, value >> 63n, true)
  }
}
