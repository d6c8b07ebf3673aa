import type { DetachedMemory } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'

/** The values of a column that is kept in memory, each once, where they stay after all of the column was read. */
export interface KeptDictionary {
  /** The values by their codes, as values of rows lie in a batch; 0 while there are none. */
  address: number
  entries: number
  /** See `Codes.dictionary`. */
  number: number
}

/** A dictionary without values yet, which leaves may already refer to. */
export const emptyDictionary = (): KeptDictionary => ({ address: 0, entries: 0, number: 0 })

/** Has values stay where `write` puts them, and the dictionary tell so; returns that memory. */
export function fillDictionary(
  dictionary: KeptDictionary,
  memory: LinearMemory,
  { entries, bytes }: { readonly entries: number; readonly bytes: number },
  write: (address: number) => void,
): readonly DetachedMemory[] {
  const address = memory.allocate(bytes)
  write(address)
  Object.assign(dictionary, { address, entries, number: memory.kernels.dictionaryNumber() >>> 0 })
  return [{ addresses: [address], bytes }]
}
