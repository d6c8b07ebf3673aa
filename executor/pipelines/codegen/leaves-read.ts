import { leafCount } from '../../../columnar/leaves.js'
import type { Field } from '../../../columnar/types.js'
import type { LateRange } from '../step.js'
import type { RowTest } from './consumer.js'

/** A test as a range of a column that is one leaf. */
export function leafRange(test: RowTest, fields: readonly Field[]): LateRange | undefined {
  const range = test.range?.((ordinal) => ordinal)
  if (!range || leafCount(fields[range.column]!.type) !== 1) return undefined
  const leaf = fields.slice(0, range.column).reduce((sum, { type }) => sum + leafCount(type), 0)
  return { leaf, least: range.least, greatest: range.greatest }
}

/** The positions of the leaves of columns that are one leaf: others are not put off. */
export function leavesRead(fields: readonly Field[], ordinals: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set<number>()
  let leaf = 0
  fields.forEach(({ type }, ordinal) => {
    const count = leafCount(type)
    if (count === 1 && ordinals.has(ordinal)) found.add(leaf)
    leaf += count
  })
  return found
}
