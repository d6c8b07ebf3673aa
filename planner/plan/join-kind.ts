/**
 * What becomes of rows without a match: dropped; kept of the left, or of both sides. A semi join keeps the left rows that have a match, an
 * anti join those that have none. A right join is a left join the other way round, a cross join an inner one without a condition.
 */
export type JoinKind = 'inner' | 'left' | 'full' | 'left_semi' | 'left_anti'

/** Spark's names in plans. */
export const JOIN_NAMES: Readonly<Record<JoinKind, string>> = {
  inner: 'Inner',
  left: 'LeftOuter',
  full: 'FullOuter',
  left_semi: 'LeftSemi',
  left_anti: 'LeftAnti',
}

/** Which columns of which side a join outputs, and whether they are NULL in rows without a match. */
export const JOIN_OUTPUT: Readonly<
  Record<JoinKind, { readonly left: 'kept' | 'nullable'; readonly right: 'kept' | 'nullable' | 'none' }>
> = {
  inner: { left: 'kept', right: 'kept' },
  left: { left: 'kept', right: 'nullable' },
  full: { left: 'nullable', right: 'nullable' },
  left_semi: { left: 'kept', right: 'none' },
  left_anti: { left: 'kept', right: 'none' },
}
