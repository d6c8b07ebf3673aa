import { CELL_GROUP, CELL_GROUP_LENGTH } from '../../../planner/plan/state-cells.js'

/** A key of cells taken apart: the variable, the group that it is of, the part, and what tells members apart. */
export interface CellKey {
  readonly variable: number
  readonly part: number
  readonly group: Uint8Array
  readonly member: Uint8Array
}

const NOTHING: Uint8Array = new Uint8Array()

/** @param part of `CELL_PARTS` */
export function cellKey(variable: number, part: number, group: Uint8Array, member = NOTHING): Uint8Array {
  const key = Buffer.allocUnsafe(CELL_GROUP + group.length + member.length)
  key[0] = variable
  key[1] = part
  key.writeUInt32LE(group.length, CELL_GROUP_LENGTH)
  key.set(group, CELL_GROUP)
  key.set(member, CELL_GROUP + group.length)
  return key
}

export function parsedKey(key: Uint8Array): CellKey {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  const end = CELL_GROUP + view.getUint32(CELL_GROUP_LENGTH, true)
  return { variable: key[0]!, part: key[1]!, group: key.subarray(CELL_GROUP, end), member: key.subarray(end) }
}

/** Bytes of a number, for members and for what lists and maps note. */
export function numberBytes(...numbers: readonly number[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(numbers.length * 4)
  for (const [i, number] of numbers.entries()) bytes.writeUInt32LE(number, i * 4)
  return bytes
}

export const numberAt = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true)
