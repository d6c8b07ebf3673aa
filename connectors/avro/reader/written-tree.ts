import * as avro from '../../../executor/kernels/interface/avro.js'
import type { Memory } from '../../api.js'
import type { Region } from '../../files/region.js'
import type { ReadingNode } from './reading-node.js'

const REF_BYTES = 8
const aligned = (bytes: number): number => (bytes + 7) & ~7

/** Writes a tree as the kernel reads it; returns where its root is. */
export function writeTree(root: ReadingNode, region: Region, memory: Memory): number {
  let next = region.reserve(treeBytes(root))
  const room = (bytes: number): number => {
    const at = next
    next += aligned(bytes)
    return at
  }
  const write = (node: ReadingNode): number => {
    const { place, children, list } = node
    const at = room(nodeBytes(node))
    const detail = list ? blob(list.type) : node.symbols ? symbols(node.symbols) : (node.precision ?? 0)
    const words: readonly (readonly [number, number])[] = [
      [avro.AVRO_KIND, node.kind],
      [avro.AVRO_FLAG, place?.flag ?? avro.AVRO_NOWHERE],
      [avro.AVRO_FLAG_STEP, place?.flagStep ?? 0],
      [avro.AVRO_PRESENT, place?.present ?? 0],
      [avro.AVRO_VALUE, place?.value ?? 0],
      [avro.AVRO_VALUE_STEP, place?.valueStep ?? 0],
      [avro.AVRO_WIDTH, node.width ?? 0],
      [avro.AVRO_SIZE, node.size ?? 0],
      [avro.AVRO_DETAIL, detail],
      [avro.AVRO_SLOT_BYTES, list?.slot.bytes ?? 0],
      [avro.AVRO_SLOT_FLAGS, list?.slot.flags ?? 0],
      [avro.AVRO_CHILDREN, children.length],
    ]
    for (const [offset, value] of words) memory.view.setUint32(at + offset, value, true)
    for (const [i, child] of children.entries())
      memory.view.setUint32(at + avro.AVRO_NODE_BYTES + 4 * i, write(child), true)
    return at
  }
  const blob = (bytes: Uint8Array): number => {
    const at = room(bytes.length)
    memory.bytes.set(bytes, at)
    return at
  }
  /** Refs of texts that stand behind them. */
  const symbols = (texts: readonly string[]): number => {
    const refs = room(texts.length * REF_BYTES)
    for (const [i, text] of texts.entries()) {
      const bytes = Buffer.from(text)
      memory.view.setUint32(refs + i * REF_BYTES, blob(bytes), true)
      memory.view.setUint32(refs + i * REF_BYTES + 4, bytes.length, true)
    }
    return refs
  }
  return write(root)
}

const nodeBytes = ({ children }: ReadingNode): number => avro.AVRO_NODE_BYTES + 4 * children.length

function treeBytes(node: ReadingNode): number {
  const texts = (node.symbols ?? []).reduce((sum, text) => sum + REF_BYTES + aligned(Buffer.byteLength(text)), 0)
  const own = aligned(nodeBytes(node)) + aligned(node.list?.type.length ?? 0) + texts
  return node.children.reduce((sum, child) => sum + treeBytes(child), own)
}
