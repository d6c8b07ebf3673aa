import type { WindowCall } from '../../../../planner/plan/expression/expression.js'
import type { WindowFunction } from '../../../../planner/plan/expression/functions.js'

/** What the result of a function is: computed, or taken from a row, whose number is kept. */
export type ResultKind = 'computed' | 'row'

interface Kind {
  readonly result: ResultKind
  /** Whether it looks at the frame, rather than at the whole partition. */
  readonly usesFrame: boolean
}

const KINDS: Readonly<Record<WindowFunction, Kind>> = {
  sum: { result: 'computed', usesFrame: true },
  count: { result: 'computed', usesFrame: true },
  avg: { result: 'computed', usesFrame: true },
  fold: { result: 'computed', usesFrame: true },
  collect: { result: 'computed', usesFrame: true },
  min: { result: 'row', usesFrame: true },
  max: { result: 'row', usesFrame: true },
  first: { result: 'row', usesFrame: true },
  last: { result: 'row', usesFrame: true },
  nth_value: { result: 'row', usesFrame: true },
  at_offset: { result: 'row', usesFrame: false },
  row_number: { result: 'computed', usesFrame: false },
  rank: { result: 'computed', usesFrame: false },
  dense_rank: { result: 'computed', usesFrame: false },
  percent_rank: { result: 'computed', usesFrame: false },
  cume_dist: { result: 'computed', usesFrame: false },
  ntile: { result: 'computed', usesFrame: false },
}

export const resultKind = (fn: WindowFunction): ResultKind => KINDS[fn].result
export const usesFrame = (fn: WindowFunction): boolean => KINDS[fn].usesFrame

/** Whether the result is the same for all rows of a partition. */
export const isForWhole = ({ fn, frame: { lower, upper } }: WindowCall): boolean =>
  usesFrame(fn) && lower.kind === 'unbounded' && upper.kind === 'unbounded'
