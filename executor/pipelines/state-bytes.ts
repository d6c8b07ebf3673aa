import { DIRECTORY_ENTRY_SHIFT, STORE_SIZE } from '../kernels/interface/rows.js'
import {
  HEAP_ENTRY_BYTES,
  LIST_CAPACITY,
  STATE_EXPIRED,
  STATE_HEAP,
  STATE_TOUCHED,
  TABLE_MASK,
  TABLE_ROW_STORE,
  TABLE_STRING_STORE,
} from '../kernels/interface/table.js'

const ADDRESS_BYTES = 4

/** What the state at an address takes of memory. */
export function stateBytes(view: DataView, state: number): number {
  const at = (offset: number): number => view.getUint32(state + offset, true)
  const rows = at(TABLE_ROW_STORE + STORE_SIZE) + at(TABLE_STRING_STORE + STORE_SIZE)
  const lists = (at(STATE_TOUCHED + LIST_CAPACITY) + at(STATE_EXPIRED + LIST_CAPACITY)) * ADDRESS_BYTES
  const heap = at(STATE_HEAP + LIST_CAPACITY) * HEAP_ENTRY_BYTES
  return rows + lists + heap + ((at(TABLE_MASK) + 1) << DIRECTORY_ENTRY_SHIFT)
}
