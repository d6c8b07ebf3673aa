/** What generated code calls of the host. */
export type HostFunctions = {
  /** Hands a full block on. Called once a block. */
  flushBlock(builder: number): void
  /**
   * Brings a row of the table at an address into memory that is on disk, and notes at `place` which rows lie around it
   * (see executor/pipelines/codegen/window/row-finder.ts).
   */
  findRow(table: number, place: number, index: number, writes: number): void
  /** Brings the rows with a hash of the state at an address back into memory that are on disk. */
  returnRows(state: number, hash: number): void
  /** Runs a call of a routine (see host-routines.ts), by its number; returns a status as kernels do. */
  callRoutine(number: number): number
}

/** Their types in WebAssembly, written as those of kernels. */
export const HOST_SIGNATURES: Readonly<Record<keyof HostFunctions, string>> = {
  flushBlock: 'i32 ->',
  findRow: 'i32 i32 i32 i32 ->',
  returnRows: 'i32 i32 ->',
  callRoutine: 'i32 -> i32',
}
