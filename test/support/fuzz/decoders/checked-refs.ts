import type { LinearMemory } from '../../../../executor/memory/linear-memory.js'

/** What a batch points to must be there. */
export function checkRefs(memory: LinearMemory, data: number, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const [address, length] = [0, 4].map((part) => memory.view.getUint32(data + 8 * row + part, true)) as [
      number,
      number,
    ]
    if (length > 0 && address + length > memory.bytes.length) throw new Error(`row ${row} points beyond the memory`)
  }
}
