import test from 'ava'
import { divide } from '../../driver/jobs/division.js'
import type { OutputTable } from '../../driver/tasks/output-table.js'

/** What tasks of a stage wrote: a list of partitions for each. */
const outputOf = (tasks: readonly (readonly number[])[]) =>
  ({
    partitionSizes: (partitions: number) =>
      Array.from({ length: partitions }, (_, i) => tasks.reduce((sum, sizes) => sum + sizes[i]!, 0)),
    sizesOf: (partition: number) => tasks.map((sizes) => sizes[partition]!),
  }) as unknown as OutputTable

const divided = (
  split: { leastBytes: number; factor: number; partBytes: number; mostParts: number },
  tasks: readonly (readonly number[])[],
) => {
  const merge = { tasks: 1, leastBytes: 1, mostBytes: 1000 }
  const adaptive = { shuffles: [7], merge, split: { stages: [7], ...split } }
  return divide(adaptive as Parameters<typeof divide>[0], () => outputOf(tasks), tasks[0]!.length).reads
}
const SPLIT = { leastBytes: 100, factor: 5, partBytes: 250, mostParts: 9 }

test('of two partitions one may be large, and is shared by what tasks wrote', (t) => {
  t.deepEqual(
    divided(SPLIT, [
      [10, 300],
      [0, 300],
      [0, 300],
    ]),
    [
      { from: 0, until: 1 },
      ...[0, 1, 2].map((i) => ({ from: 1, until: 2, parts: [{ stageKey: 7, from: i, until: i + 1 }] })),
    ],
  )
})

test('a partition is large beyond a bound, and has no more parts than are wanted', (t) => {
  const tasks = (size: number) => [
    [10, 10, size / 2],
    [0, 0, size / 2],
  ]
  t.is(divided({ ...SPLIT, partBytes: 1 }, tasks(100)).length, 1)
  t.is(divided({ ...SPLIT, partBytes: 1 }, tasks(102)).length, 3)
  t.is(divided({ ...SPLIT, partBytes: 10, mostParts: 2 }, Array(8).fill([1, 1, 100])).length, 3)
})

test('a small rest goes to the task before it, but not to one that shares a partition', (t) => {
  t.deepEqual(
    divided(SPLIT, [
      [300, 1, 1],
      [300, 0, 0],
    ]).at(-1),
    { from: 1, until: 3 },
  )
  t.deepEqual(
    divided(SPLIT, [
      [300, 1, 1],
      [300, 0, 0],
    ]).length,
    3,
  )
})

test('what one task wrote is a part by itself where it is larger than one, and no part is empty', (t) => {
  const reads = divided(SPLIT, [
    [10, 900],
    [0, 50],
    [0, 50],
  ])
  t.deepEqual(
    reads.flatMap(({ parts = [] }) => parts.map(({ from, until }) => [from, until])),
    [
      [0, 1],
      [1, 3],
    ],
  )
})

test('a rest of a fifth of a share is a task of its own, and a smaller one is not', (t) => {
  t.deepEqual(divided(SPLIT, [[1000, 200]]).length, 2)
  t.deepEqual(divided(SPLIT, [[1000, 199]]), [{ from: 0, until: 2 }])
})
