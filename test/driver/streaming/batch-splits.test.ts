import test from 'ava'
import type { StreamSource } from '../../../connectors/api.js'
import type { PlannedBatch } from '../../../driver/streaming/batch-planner.js'
import { BatchSplits } from '../../../driver/streaming/batch-splits.js'
import type { OpenSource } from '../../../driver/streaming/open-source.js'

/** A source whose splits tell the how-manieth time they were asked for; the first asking fails when it is to. */
function asked(isBad = false): { readonly sources: readonly OpenSource[]; readonly times: () => number } {
  let times = 0
  const planSplits: StreamSource['planSplits'] = async (from, until, columns, parallelism) => {
    times++
    if (isBad && times === 1) throw new Error('away')
    return [{ data: [times, from, until, columns.length, parallelism] }]
  }
  const source = { scan: { scanId: 7, columns: ['a'] }, stream: { planSplits } }
  return { sources: [source as unknown as OpenSource], times: () => times }
}

const batchOf = (batchId: number): PlannedBatch => ({
  batchId,
  from: [1],
  until: [2],
  watermarks: {},
  earlierWatermarks: {},
  states: {},
  timeMs: 0,
  logged: false,
})

test('splits that were begun are not asked for again, but a batch that is run again has new ones', async (t) => {
  const { sources, times } = asked()
  const splits = new BatchSplits(sources, () => 3)
  const batch = batchOf(0)
  splits.begin(batch)
  t.is(times(), 1, 'nobody has to wait for them to be asked for')
  t.deepEqual((await splits.of(batch)).splits, { 7: [{ data: [1, 1, 2, 1, 3] }] })
  t.deepEqual((await splits.of(batch)).splits, { 7: [{ data: [2, 1, 2, 1, 3] }] })
})

test('splits of another batch are of no use', async (t) => {
  const { sources } = asked()
  const splits = new BatchSplits(sources, () => 3)
  splits.begin(batchOf(0))
  t.deepEqual((await splits.of(batchOf(1))).splits, { 7: [{ data: [2, 1, 2, 1, 3] }] })
})

test('a batch fails with what asking for its splits failed with, when it is run', async (t) => {
  const { sources } = asked(true)
  const splits = new BatchSplits(sources, () => 3)
  const batch = batchOf(0)
  splits.begin(batch)
  await t.throwsAsync(splits.of(batch), { message: 'away' })
  t.deepEqual((await splits.of(batch)).splits, { 7: [{ data: [2, 1, 2, 1, 3] }] })
})
