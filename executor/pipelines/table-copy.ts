import {
  CHUNK_HEADER_BYTES,
  DIRECTORY_ENTRY_SHIFT,
  STORE_FIRST,
  STORE_NEXT,
  STORE_SIZE,
} from '../kernels/interface/rows.js'
import {
  JOIN_FILTER,
  JOIN_FILTER_LAST,
  TABLE_BYTES,
  TABLE_DIRECTORY,
  TABLE_MASK,
  TABLE_ROW_STORE,
  TABLE_STRING_STORE,
} from '../kernels/interface/table.js'
import type { LinearMemory } from '../memory/linear-memory.js'

/** How the rows of a table lie. */
export interface RowsToCopy {
  readonly width: number
  /** Offset of the list of refs in a row. */
  readonly refs: number
}

/** A table of a join that threads can copy, by where it is in the data area. */
export interface SharedTable extends RowsToCopy {
  readonly table: number
  /** The position of the source that its rows come from. */
  readonly source: number
}

/** A finished table outside of any thread's memory. */
export interface TableCopy {
  /** As it was in the data area of the thread that made it. */
  readonly header: Uint8Array
  /** The chunk of its rows, its directory and its filter, one behind the other, on shared memory. */
  readonly bytes: Uint8Array
}

interface Piece {
  /** Where the table has the piece's address. */
  readonly field: number
  readonly bytes: number
}

const ROWS_AT = TABLE_ROW_STORE + STORE_FIRST

const viewOf = ({ buffer, byteOffset }: Uint8Array): DataView => new DataView(buffer, byteOffset)

/** The pieces of a table of one chunk. */
function piecesOf(view: DataView, table: number): readonly Piece[] {
  const at = (offset: number): number => view.getUint32(table + offset, true)
  return [
    { field: ROWS_AT, bytes: at(TABLE_ROW_STORE + STORE_SIZE) },
    { field: TABLE_DIRECTORY, bytes: at(TABLE_DIRECTORY) === 0 ? 0 : (at(TABLE_MASK) + 1) << DIRECTORY_ENTRY_SHIFT },
    { field: JOIN_FILTER, bytes: at(JOIN_FILTER) === 0 ? 0 : (at(JOIN_FILTER_LAST) + 1) / 8 },
  ]
}

/** Bytes that a table of a join takes. */
export function tableBytes(view: DataView, table: number): number {
  const strings = view.getUint32(table + TABLE_STRING_STORE + STORE_SIZE, true)
  return piecesOf(view, table).reduce((sum, { bytes }) => sum + bytes, strings)
}

/** Copies a finished table whose rows `joinCompact` has put into one chunk. */
export function copyOfTable(memory: LinearMemory, table: number): TableCopy {
  const { view, bytes: linear } = memory
  const pieces = piecesOf(view, table)
  const bytes = new Uint8Array(new SharedArrayBuffer(pieces.reduce((sum, piece) => sum + piece.bytes, 0)))
  let to = 0
  for (const piece of pieces) {
    const from = view.getUint32(table + piece.field, true)
    bytes.set(linear.subarray(from, from + piece.bytes), to)
    to += piece.bytes
  }
  return { header: linear.slice(table, table + TABLE_BYTES), bytes }
}

/** Puts a copy of a table into the data area of another thread, which has none there yet. @throws UNABLE_TO_ACQUIRE_MEMORY */
export function placeCopy(
  memory: LinearMemory,
  base: number,
  { table, width, refs }: SharedTable,
  copy: TableCopy,
): void {
  const { kernels } = memory
  const header = viewOf(copy.header)
  const at = base + table
  const placed: { readonly field: number; readonly address: number }[] = []
  let from = 0
  try {
    for (const { field, bytes } of piecesOf(header, 0)) {
      const address = bytes === 0 ? 0 : memory.allocate(bytes)
      placed.push({ field, address })
      memory.bytes.set(copy.bytes.subarray(from, from + bytes), address)
      from += bytes
    }
  } catch (error) {
    for (const { address } of placed) if (address !== 0) memory.release(address)
    throw error
  }
  memory.bytes.set(copy.header, at)
  memory.bytes.fill(0, at + TABLE_ROW_STORE, at + TABLE_STRING_STORE)
  for (const { field, address } of placed.slice(1)) memory.view.setUint32(at + field, address, true)
  const chunk = placed[0]!.address
  if (chunk === 0) return
  const wasAt = header.getUint32(ROWS_AT, true)
  const rowBytes = header.getUint32(TABLE_ROW_STORE + STORE_NEXT, true) - wasAt - CHUNK_HEADER_BYTES
  kernels.storeAdopt(at + TABLE_ROW_STORE, chunk, rowBytes, header.getUint32(TABLE_ROW_STORE + STORE_SIZE, true))
  kernels.joinMoved(at, width, base + refs, wasAt)
}
