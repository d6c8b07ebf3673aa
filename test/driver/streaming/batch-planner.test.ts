import test from 'ava'
import type { Json, StreamSource } from '../../../connectors/api.js'
import { planBatch, recover } from '../../../driver/streaming/batch-planner.js'
import type { BatchOffsets, Checkpoint } from '../../../driver/streaming/checkpoint.js'

const OFFSETS: BatchOffsets = {
  ...{ batchId: 4, timeMs: 44, from: [10], until: [20] },
  ...{ watermarks: { 0: 7n }, earlierWatermarks: { 0: 3n } },
}
const STATES = { 1: [null] }

/** A checkpoint that was left so. */
const left = (rest: Partial<Checkpoint>): Checkpoint => ({ states: STATES, ...rest }) as Checkpoint
const source = (offsets: Partial<Record<'initial' | 'latest', Json>>): StreamSource =>
  ({
    initialOffset: async () => offsets.initial,
    latestOffset: async () => offsets.latest,
  }) as unknown as StreamSource

test('a query goes on behind a batch that was committed, with the watermarks of both, and runs one again that was not', async (t) => {
  const commit = { batchId: 4, nextWatermarks: { 0: 9n }, states: {}, entry: 'commits/4', oldestBatch: 0 }
  t.deepEqual(await recover(left({ lastOffsets: OFFSETS, lastCommit: commit }), []), {
    position: { batchId: 5, from: [20], watermarks: { 0: 9n }, earlierWatermarks: { 0: 7n }, states: STATES },
    unfinished: undefined,
  })
  const again = { ...OFFSETS, states: STATES }
  for (const lastCommit of [undefined, { ...commit, batchId: 3 }])
    t.deepEqual(await recover(left({ lastOffsets: OFFSETS, ...(lastCommit ? { lastCommit } : {}) }), []), {
      position: again,
      unfinished: { ...again, logged: true },
    })
})

test('a query that has begun no batch begins where it first was to, which is asked and kept once', async (t) => {
  const kept: Json[] = []
  const writeFirstPositions = async (positions: readonly Json[]) => void kept.push(...positions)
  const from = async (checkpoint: Partial<Checkpoint>) =>
    (await recover(left({ writeFirstPositions, ...checkpoint }), [source({ initial: 3 })])).position.from
  t.deepEqual(await from({}), [3])
  t.deepEqual(kept, [3])
  t.deepEqual(await from({ firstPositions: [1] }), [1])
  t.deepEqual(kept, [3])
})

test('a batch is planned when any source has something new, or one is wanted without', async (t) => {
  const position = { batchId: 5, from: [1, { b: 2, a: 1 }], watermarks: {}, earlierWatermarks: {}, states: {} }
  const planned = (a: Json, b: Json, isWanted: boolean) =>
    planBatch(position, [source({ latest: a }), source({ latest: b })], undefined, isWanted, { timeMs: 77, slots: 3 })
  t.is(await planned(1, { a: 1, b: 2 }, false), undefined)
  t.like(await planned(1, { a: 1, b: 3 }, false), { until: [1, { a: 1, b: 3 }], timeMs: 77, slots: 3, logged: false })
  t.like(await planned(2, { a: 1, b: 2 }, false), { until: [2, { a: 1, b: 2 }] })
  t.like(await planned(1, { a: 1, b: 2 }, true), { batchId: 5, until: [1, { a: 1, b: 2 }] })
})
