import * as avro from '../../executor/kernels/interface/avro.js'
import type { ReadingNode } from './reading-node.js'

const REF_BYTES = 8
const aligned = (bytes: number): number => (bytes + 7) & ~7

/** A tree as kernels read it, its root first. It may lie anywhere, as nodes have the distances of what belongs to them. */
export function writtenTree(root: ReadingNode): Uint8Array {
  const tree = Buffer.alloc(treeBytes(root))
  let next = 0
  const room = (bytes: number): number => {
    const at = next
    next += aligned(bytes)
    return at
  }
  const write = (node: ReadingNode): number => {
    const { place, children, list } = node
    const at = room(nodeBytes(node))
    const detail = list ? blob(list.type) - at : node.symbols ? symbols(node.symbols) - at : (node.precision ?? 0)
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
    for (const [offset, value] of words) tree.writeUInt32LE(value, at + offset)
    for (const [i, child] of children.entries())
      tree.writeUInt32LE(write(child) - at, at + avro.AVRO_NODE_BYTES + 4 * i)
    return at
  }
  const blob = (bytes: Uint8Array): number => {
    const at = room(bytes.length)
    tree.set(bytes, at)
    return at
  }
  /** Distances and lengths of texts that stand behind them. */
  const symbols = (texts: readonly string[]): number => {
    const refs = room(texts.length * REF_BYTES)
    for (const [i, text] of texts.entries()) {
      const [bytes, ref] = [Buffer.from(text), refs + i * REF_BYTES]
      tree.writeUInt32LE(blob(bytes) - ref, ref)
      tree.writeUInt32LE(bytes.length, ref + 4)
    }
    return refs
  }
  write(root)
  return tree
}

const nodeBytes = ({ children }: ReadingNode): number => avro.AVRO_NODE_BYTES + 4 * children.length

function treeBytes(node: ReadingNode): number {
  const texts = (node.symbols ?? []).reduce((sum, text) => sum + REF_BYTES + aligned(Buffer.byteLength(text)), 0)
  const own = aligned(nodeBytes(node)) + aligned(node.list?.type.length ?? 0) + texts
  return node.children.reduce((sum, child) => sum + treeBytes(child), own)
}
