import type { NamedHolder } from '../memory/counted-memory.js'
import { type SharedTable, tableBytes } from './table-copy.js'
import type { ThreadResources } from './thread-resources.js'

/** Who holds memory of a thread that the operators of its task cannot give back. `baseOf` tells where the task's data area is, once it has one. */
export function keptByThread(
  { memory, cachedColumns, residentTables }: ThreadResources,
  shared: readonly SharedTable[],
  baseOf: () => number | undefined,
): readonly NamedHolder[] {
  return [
    {
      operator: 'tables of broadcast joins',
      get bytes() {
        const base = baseOf()
        const own = base === undefined ? [] : shared.map(({ table }) => tableBytes(memory.view, base + table))
        return own.reduce((sum, bytes) => sum + bytes, residentTables.bytes)
      },
    },
    {
      operator: 'columns of cached tables',
      get bytes() {
        return cachedColumns.bytes
      },
    },
  ]
}
