import type { ReadLiteral } from '../compiler/late-literals.js'
import { leafRangeOf } from './batch-input.js'
import type { BatchSource, RowSelect, WantedRows } from './step.js'

/** The first test of a batch sees all its rows; what only later functions read may wait until it has selected some. */
export function wantedRows({ used, coded }: BatchSource, select: RowSelect | undefined, read: ReadLiteral): WantedRows {
  const [first, ...others] = select?.tests ?? []
  const leaves = first ? [...others, select!].flatMap(({ reads }) => [...reads]) : []
  const deferred = new Set(leaves.filter((leaf) => !first!.reads.has(leaf)))
  return { used, deferred, coded: new Set(coded.keys()), range: first?.range && leafRangeOf(first.range, read) }
}
