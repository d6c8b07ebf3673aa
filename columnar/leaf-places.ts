import * as packed from '../executor/kernels/interface/packed.js'
import { type Leaf, storageOf } from './leaves.js'
import type { ArrayType, DataType, MapType } from './types.js'

/** Where the values of a leaf go: bytes that say whether they are NULL, and the values, each of the same distance. */
export interface Place {
  readonly flag: number
  readonly flagStep: number
  /** The flag of a value that is not NULL. */
  readonly present: number
  readonly value: number
  readonly valueStep: number
}

/** A type with the places of its leaves. */
export interface Target {
  readonly type: DataType
  readonly place: Place
  /** Of a struct. */
  readonly fields: readonly Target[]
}

/** A type whose leaves are at the next of some places. */
export function targetOf(type: DataType, next: () => Place): Target {
  const place = next()
  return { type, place, fields: type.kind === 'struct' ? type.fields.map((one) => targetOf(one.type, next)) : [] }
}

/** The bytes of a value in a batch. */
export function bytesOf({ storage }: Pick<Leaf, 'storage'>): number {
  return storage.kind === 'fixed' ? storage.bytes : storage.kind === 'variable' ? 8 : 1
}

/** How the elements of an array, or the entries of a map, lie before they are packed. */
export interface Slot {
  readonly targets: readonly Target[]
  readonly bytes: number
  readonly flags: number
}

const leavesIn = (type: DataType): readonly DataType[] =>
  type.kind === 'struct' ? [type, ...type.fields.flatMap((one) => leavesIn(one.type))] : [type]

/** Flags come first, then the values, each at a multiple of eight. */
export function slotOf(types: readonly DataType[]): Slot {
  const leaves = types.flatMap(leavesIn)
  const flags = leaves.length
  const starts: number[] = []
  let bytes = (flags + 7) & ~7
  for (const leaf of leaves) {
    starts.push(bytes)
    bytes += (bytesOf({ storage: storageOf(leaf) }) + 7) & ~7
  }
  let leaf = 0
  const next = (): Place => {
    const flag = leaf++
    return { flag, flagStep: bytes, present: 0, value: starts[flag]!, valueStep: bytes }
  }
  return { targets: types.map((type) => targetOf(type, next)), bytes, flags }
}

/** Describes an array or map for the kernel that packs slots: what kinds of vectors it has and where their values are. */
export function describeList(type: ArrayType | MapType, { targets }: Slot): Uint8Array {
  const nodes: Buffer[] = []
  let end = 0
  const write = (kind: number, of: Target | undefined, children: readonly Target[]): number => {
    const node = Buffer.alloc(packed.TYPE_NODE_BYTES + children.length * packed.TYPE_CHILD_BYTES)
    const offset = end
    nodes.push(node)
    end += node.length
    const storage = of && storageOf(of.type)
    node.writeUInt32LE(kind, packed.TYPE_KIND)
    node.writeUInt32LE(storage?.kind === 'fixed' ? storage.bytes : 0, packed.TYPE_WIDTH)
    node.writeUInt32LE(of?.place.flag ?? 0, packed.TYPE_FLAG)
    node.writeUInt32LE(of?.place.value ?? 0, packed.TYPE_VALUE)
    node.writeUInt32LE(children.length, packed.TYPE_CHILDREN)
    for (const [i, child] of children.entries()) {
      const at = packed.TYPE_NODE_BYTES + i * packed.TYPE_CHILD_BYTES
      node.writeUInt32LE(write(vectorKind(child.type), child, child.fields), at + packed.TYPE_CHILD_NODE)
    }
    return offset
  }
  write(type.kind === 'array' ? packed.TYPE_ARRAY : packed.TYPE_MAP, undefined, targets)
  return Buffer.concat(nodes)
}

/** A kind whose vectors are as those of a type: only these matter when slots are packed. */
function vectorKind(type: DataType): number {
  if (type.kind === 'struct') return packed.TYPE_STRUCT
  switch (storageOf(type).kind) {
    case 'none':
      return packed.TYPE_VOID
    case 'boolean':
      return packed.TYPE_BOOLEAN
    case 'fixed':
      return packed.TYPE_BIGINT
    case 'variable':
      return packed.TYPE_BINARY
  }
}
