/** Writes an integer as it lies in memory: little-endian, of 1, 2, 4, 8 or 16 bytes. */
export function writeInteger(view: DataView, position: number, width: number, value: bigint): void {
  if (width === 1) view.setInt8(position, Number(value))
  else if (width === 2) view.setInt16(position, Number(value), true)
  else if (width === 4) view.setInt32(position, Number(value), true)
  else {
    view.setBigInt64(position, BigInt.asIntN(64, value), true)
    if (width === 16) view.setBigInt64(position + 8, value >> 64n, true)
  }
}
