import test from 'ava'
import fc from 'fast-check'
import { groupSplits, shareOf } from '../../driver/split-groups.js'

test('splits are never lost, doubled or reordered by grouping, and there is always a share', (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 })), fc.integer({ min: 1, max: 8 }), (sizes, slots) => {
      const groups = groupSplits(
        sizes.map((bytes, i) => ({ data: i, bytes })),
        slots,
        true,
      )
      t.deepEqual(
        groups.flat(),
        sizes.map((_, i) => i),
      )
      t.true(groups.length >= 1)
      t.true(sizes.length === 0 || groups.every((group) => group.length > 0))
    }),
  )
})

test('few splits are tasks of their own, many come together in about equal shares', (t) => {
  const splits = (count: number) => Array.from({ length: count }, (_, i) => ({ data: i, bytes: 1000 }))
  t.is(groupSplits(splits(8), 2, true).length, 8)
  t.is(groupSplits(splits(16), 2, true).length, 16)
  t.is(groupSplits(splits(17), 2, true).length, 9)
  // The third one of three lies in the share to its middle.
  t.is(groupSplits(splits(20), 2, true).length, 7)
  const many = groupSplits(splits(1000), 2, true)
  t.is(many.length, 8)
  t.true(many.every((group) => group.length === 125))
})

test('few rows are one task, unless a split is to have its own, or rows may cost much', (t) => {
  const splits = (...rows: readonly number[]) => rows.map((count, i) => ({ data: i, rows: count, mayShareTask: true }))
  t.deepEqual(groupSplits(splits(1000, 24), 2, true), [[0, 1]])
  t.deepEqual(groupSplits(splits(1000, 25), 2, true), [[0], [1]])
  t.deepEqual(groupSplits(splits(1, 1), 2, false), [[0], [1]])
  t.deepEqual(groupSplits([...splits(1), { data: 1, rows: 1 }], 2, true), [[0], [1]])
  t.deepEqual(groupSplits([...splits(1), { data: 1, mayShareTask: true }], 2, true), [[0], [1]])
})

test('a share is bounded in bytes, however large the scan', (t) => {
  const splits = Array.from({ length: 100 }, (_, i) => ({ data: i, bytes: 300 * 1024 ** 2 }))
  t.true(groupSplits(splits, 1, true).every((group) => group.length <= 2))
})

test('splits of which rows are known are shared by these, whose number is no number of bytes', (t) => {
  const splits = Array.from({ length: 100 }, (_, i) => ({ data: i, rows: 1024 ** 3 }))
  t.is(groupSplits(splits, 1, true).length, 4)
})

test('shares of a list are contiguous and cover it', (t) => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 50 }), (count, shares) => {
      let next = 0
      for (let share = 0; share < shares; share++) {
        const { from, until } = shareOf(count, share, shares)
        t.is(from, next)
        next = until
      }
      t.is(next, count)
    }),
  )
})
