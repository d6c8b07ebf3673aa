import test from 'ava'
import fc from 'fast-check'
import { columnsThatFit } from '../../cli/output/column-widths.js'

/** Places that the columns take which are shown: one before the first and one behind each, and what tells of those left out. */
function taken(wanted: readonly number[], places: number): number {
  const { widths, gapAt, leftOut } = columnsThatFit(wanted, places)
  const shown = widths.filter((_, i) => i < gapAt || i >= gapAt + leftOut)
  return shown.reduce((sum, width) => sum + width + 1, 1) + (leftOut > 0 ? 4 : 0)
}

test('columns that fit just so are shown whole, and of those that do not the widest give way first', (t) => {
  t.deepEqual(columnsThatFit([3, 20, 5], 32), { widths: [3, 20, 5], gapAt: 0, leftOut: 0 })
  t.deepEqual(columnsThatFit([3, 20, 5], 31), { widths: [3, 19, 5], gapAt: 0, leftOut: 0 })
  t.deepEqual(columnsThatFit([3, 20, 5], 20), { widths: [3, 8, 5], gapAt: 0, leftOut: 0 })
  t.like(columnsThatFit([3, 20, 5], 19), { leftOut: 1, gapAt: 1 })
  // One that is as wide as its share leaves what it does not take to the others.
  t.deepEqual(columnsThatFit([8, 9, 30], 30), { widths: [8, 9, 9], gapAt: 0, leftOut: 0 })
})

test('one column at least is shown, however narrow the window is, and no more than fit where some do', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
      fc.nat(120),
      (wanted, places) => {
        const { widths, gapAt, leftOut } = columnsThatFit(wanted, places)
        t.true(leftOut < wanted.length && gapAt >= 0 && gapAt + leftOut <= wanted.length)
        t.true(widths.every((width, i) => width >= 1 && width <= wanted[i]!))
        if (places >= 16) t.true(taken(wanted, places) <= places, `${wanted} in ${places}`)
      },
    ),
  )
})

test('columns are left out from the middle, one less behind it than before it, and what is left fills the window', (t) => {
  const eights = (count: number): readonly number[] => Array.from({ length: count }, () => 8)
  t.like(columnsThatFit(eights(6), 50), { gapAt: 3, leftOut: 1 })
  t.like(columnsThatFit(eights(6), 49), { gapAt: 2, leftOut: 2 })
  t.like(columnsThatFit(eights(6), 41), { gapAt: 2, leftOut: 2 })
  t.like(columnsThatFit(eights(3), 14), { gapAt: 1, leftOut: 2 })
  t.deepEqual(columnsThatFit([20, 20], 15), { widths: [9, 9], gapAt: 1, leftOut: 1 })
  t.is(taken([20, 20], 15), 15)
})
