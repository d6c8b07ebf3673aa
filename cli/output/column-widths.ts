/** Columns become no narrower than this before some are left out. */
const LEAST_PLACES = 8
const DOTS_PLACES = 4

export interface FittingColumns {
  /** Of all columns, those that are left out too. */
  readonly widths: readonly number[]
  /** Where columns are left out, and how many. */
  readonly gapAt: number
  readonly leftOut: number
}

/** The widths of columns in a window: the widest are cut first, and then columns in the middle are left out. */
export function columnsThatFit(wanted: readonly number[], places: number): FittingColumns {
  // A place behind each column, and one before the first.
  const taken = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width + 1, 1)
  if (taken(wanted) <= places) return { widths: wanted, gapAt: 0, leftOut: 0 }
  const least = wanted.map((width) => Math.min(width, LEAST_PLACES))
  let leftOut = 0
  let gapAt = 0
  let room = places
  if (taken(least) > places && wanted.length > 1) {
    room = places - DOTS_PLACES
    do {
      leftOut++
      gapAt = Math.ceil((wanted.length - leftOut) / 2)
    } while (leftOut < wanted.length - 1 && taken(without(least, gapAt, leftOut)) > room)
  }
  const cap = widestCap(without(wanted, gapAt, leftOut), room - 1)
  return { widths: wanted.map((width) => Math.min(width, Math.max(cap, 1))), gapAt, leftOut }
}

const without = (all: readonly number[], at: number, count: number): readonly number[] => [
  ...all.slice(0, at),
  ...all.slice(at + count),
]

/** The most that the widest columns may take so that all have room, each with a place behind it. */
function widestCap(widths: readonly number[], room: number): number {
  const ascending = widths.toSorted((a, b) => a - b)
  let left = room
  for (const [i, width] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - i)) - 1
    if (width > share) return share
    left -= width + 1
  }
  return ascending.at(-1) ?? 0
}
