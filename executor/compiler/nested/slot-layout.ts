import { shapeOf } from '../../../columnar/shape.js'
import type { DataType } from '../../../columnar/types.js'

/** Where a value lies in a slot: the byte that says whether it is NULL, and the value itself. */
export interface SlotNode {
  readonly flag: number
  readonly value: number
  /** Of a struct. */
  readonly fields: readonly SlotNode[]
}

interface Slot {
  readonly bytes: number
  /** One for each value. */
  readonly nodes: readonly SlotNode[]
}

const WIDTHS = { i32: 8, i64: 8, f32: 8, f64: 8, bytes: 8, wide: 16, struct: 0, v128: 0 } as const

const nodesOf = (type: DataType): number =>
  type.kind === 'struct' ? type.fields.reduce((sum, field) => sum + nodesOf(field.type), 1) : 1

/**
 * How the values of an element lie before it is packed: a byte for each that says whether it is NULL, then the values, of which each begins
 * at a multiple of 8. Strings, arrays and maps are addresses and lengths.
 */
export function slotOf(types: readonly DataType[]): Slot {
  let flag = 0
  let next = (types.reduce((sum, type) => sum + nodesOf(type), 0) + 7) & ~7
  const place = (type: DataType): SlotNode => {
    const node = { flag: flag++, value: next }
    next += WIDTHS[shapeOf(type)]
    return { ...node, fields: type.kind === 'struct' ? type.fields.map((field) => place(field.type)) : [] }
  }
  const nodes = types.map(place)
  return { bytes: next, nodes }
}
