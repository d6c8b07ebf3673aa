// Refs of bytes: their address and length.
import { SLOT_LENGTH } from '../../interface/packed'
import { copyBytes } from '../rows/row-store'

/** The bytes that so many refs stand for. */
export function refsBytes(refs: usize, count: i32): f64 {
  let bytes: u64 = 0
  for (let i = 0; i < count; i++) bytes += load<u32>(refs + (<usize>i << 3), SLOT_LENGTH)
  return <f64>bytes
}

/** Copies what refs stand for to a place, one after the other, and has them stand for the copies. Returns where these end. */
export function refsMoved(refs: usize, count: i32, to: usize): usize {
  for (let i = 0; i < count; i++, refs += 8) {
    const length: usize = load<u32>(refs, SLOT_LENGTH)
    if (length == 0) continue
    copyBytes(to, load<u32>(refs), length)
    store<u32>(refs, <u32>to)
    to += length
  }
  return to
}
