import { storageOf } from '../../../columnar/leaves.js'
import { type ArrayType, type DataType, isShortDecimal, type MapType } from '../../../columnar/types.js'
import {
  TYPE_ARRAY,
  TYPE_BIGINT,
  TYPE_BINARY,
  TYPE_BOOLEAN,
  TYPE_CHILD_BYTES,
  TYPE_CHILD_NAME,
  TYPE_CHILD_NAME_BYTES,
  TYPE_CHILD_NODE,
  TYPE_CHILDREN,
  TYPE_DATE,
  TYPE_DECIMAL,
  TYPE_DOUBLE,
  TYPE_FLAG,
  TYPE_FLOAT,
  TYPE_INT,
  TYPE_INTERVAL_DT,
  TYPE_INTERVAL_YM,
  TYPE_KIND,
  TYPE_MAP,
  TYPE_NODE_BYTES,
  TYPE_SCALE,
  TYPE_SMALLINT,
  TYPE_STRING,
  TYPE_STRUCT,
  TYPE_TIME,
  TYPE_TIMESTAMP,
  TYPE_TIMESTAMP_NTZ,
  TYPE_TINYINT,
  TYPE_VALUE,
  TYPE_VARIANT,
  TYPE_VOID,
  TYPE_WIDE,
  TYPE_WIDTH,
} from '../../kernels/interface/packed.js'
import { type SlotNode, slotOf } from './slot-layout.js'

const KINDS = {
  void: TYPE_VOID,
  boolean: TYPE_BOOLEAN,
  tinyint: TYPE_TINYINT,
  smallint: TYPE_SMALLINT,
  int: TYPE_INT,
  bigint: TYPE_BIGINT,
  float: TYPE_FLOAT,
  double: TYPE_DOUBLE,
  decimal: TYPE_DECIMAL,
  string: TYPE_STRING,
  binary: TYPE_BINARY,
  date: TYPE_DATE,
  time: TYPE_TIME,
  timestamp: TYPE_TIMESTAMP,
  timestamp_ntz: TYPE_TIMESTAMP_NTZ,
  interval_ym: TYPE_INTERVAL_YM,
  interval_dt: TYPE_INTERVAL_DT,
  // Kernels only tell whether they are the same.
  interval: TYPE_BINARY,
  variant: TYPE_VARIANT,
  struct: TYPE_STRUCT,
  array: TYPE_ARRAY,
  map: TYPE_MAP,
} as const satisfies Record<DataType['kind'], number>

const kindOf = (type: DataType): number =>
  type.kind === 'decimal' && !isShortDecimal(type) ? TYPE_WIDE : KINDS[type.kind]

const widthOf = (type: DataType): number => {
  const storage = storageOf(type)
  return storage.kind === 'fixed' ? storage.bytes : 0
}

interface Child {
  readonly type: DataType
  readonly slot: SlotNode
  readonly name: string
}

/** What lies below a type, each with its place in the slot that has it: elements begin slots of their own, the fields of a struct do not. */
function childrenOf(type: DataType, slot: SlotNode, slotsOf: SlotsOf): readonly Child[] {
  if (type.kind === 'struct') return type.fields.map((f, i) => ({ type: f.type, slot: slot.fields[i]!, name: f.name }))
  if (type.kind !== 'array' && type.kind !== 'map') return []
  const types = type.kind === 'array' ? [type.element] : [type.key, type.value]
  const nodes = slotsOf(types)
  return types.map((child, i) => ({ type: child, slot: nodes[i]!, name: '' }))
}

/** Where the values of an element lie before it is packed. */
type SlotsOf = (types: readonly DataType[]) => readonly SlotNode[]

/** Describes an array or map type for kernels (see executor/kernels/interface/packed.ts). */
export function describeType(type: ArrayType | MapType, slotsOf: SlotsOf = (types) => slotOf(types).nodes): Uint8Array {
  const chunks: Buffer[] = []
  let end = 0
  const reserve = (bytes: Buffer): number => {
    const offset = end
    chunks.push(bytes)
    end += bytes.length
    return offset
  }
  const describe = (of: DataType, slot: SlotNode): number => {
    const children = childrenOf(of, slot, slotsOf)
    const node = Buffer.alloc(TYPE_NODE_BYTES + children.length * TYPE_CHILD_BYTES)
    const offset = reserve(node)
    node.writeUInt32LE(kindOf(of), TYPE_KIND)
    node.writeUInt32LE(of.kind === 'decimal' ? of.scale : 0, TYPE_SCALE)
    node.writeUInt32LE(widthOf(of), TYPE_WIDTH)
    node.writeUInt32LE(slot.flag, TYPE_FLAG)
    node.writeUInt32LE(slot.value, TYPE_VALUE)
    node.writeUInt32LE(children.length, TYPE_CHILDREN)
    children.forEach((child, i) => {
      const at = TYPE_NODE_BYTES + i * TYPE_CHILD_BYTES
      const name = Buffer.from(`${JSON.stringify(child.name)}:`)
      node.writeUInt32LE(reserve(name), at + TYPE_CHILD_NAME)
      node.writeUInt32LE(name.length, at + TYPE_CHILD_NAME_BYTES)
      node.writeUInt32LE(describe(child.type, child.slot), at + TYPE_CHILD_NODE)
    })
    return offset
  }
  describe(type, { flag: 0, value: 0, fields: [] })
  return Buffer.concat(chunks)
}
