/** What cells of a state variable hold. Kept in checkpoints: numbers stay what they are. */
export const PARTS = {
  /** A value; of a list between which numbers its items are; of a map how many entries there are. */
  whole: 0,
  /** Items of a list by their numbers, entries of a map by their keys. */
  member: 1,
  /** The keys of a map by the places of its entries. */
  place: 2,
} as const

/** A key of cells taken apart: the variable, the group that it is of, the part, and what tells members apart. */
export interface CellKey {
  readonly variable: number
  readonly part: number
  readonly group: Uint8Array
  readonly member: Uint8Array
}

const HEADER_BYTES = 6
const NOTHING: Uint8Array = new Uint8Array()

/** The variable (1 byte), the part (1), how long the group is (4), the group, the member. */
export function cellKey(variable: number, part: number, group: Uint8Array, member = NOTHING): Uint8Array {
  const key = Buffer.allocUnsafe(HEADER_BYTES + group.length + member.length)
  key[0] = variable
  key[1] = part
  key.writeUInt32LE(group.length, 2)
  key.set(group, HEADER_BYTES)
  key.set(member, HEADER_BYTES + group.length)
  return key
}

export function parsedKey(key: Uint8Array): CellKey {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  const end = HEADER_BYTES + view.getUint32(2, true)
  return { variable: key[0]!, part: key[1]!, group: key.subarray(HEADER_BYTES, end), member: key.subarray(end) }
}

/** Bytes of a number, for members and for what lists and maps note. */
export function numberBytes(...numbers: readonly number[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(numbers.length * 4)
  for (const [i, number] of numbers.entries()) bytes.writeUInt32LE(number, i * 4)
  return bytes
}

export const numberAt = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true)
