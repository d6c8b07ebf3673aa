import test from 'ava'
import { BIGINT, field, STRING } from '../../columnar/types.js'
import { localCheckpoint } from '../../common/checkpoint-files.js'
import { GrowingSnapshot, rowsInMemory } from '../../executor/pipelines/growing-snapshot.js'
import { trim } from '../../executor/pipelines/run-task.js'
import { EMPTY_CHAIN } from '../../executor/pipelines/state-chain.js'
import { ScratchFile } from '../../executor/spill/scratch-file.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { until } from '../support/fake-cluster.js'
import { KeptStage } from '../support/kept-stage.js'
import { aggregate, aggregateCall, bound, keptOf, named, table } from '../support/stages.js'
import { type Strike, struckPlace } from '../support/struck-files.js'

const KEYS = 17_000
/** Of a batch; a snapshot is due when so many batches have changed half of the state. */
const CHANGED = 2000
const FEW_CHANGED = 100
const BATCHES_BEFORE = 8
const BATCHES = 8

/** Counts of keys so far, which a batch adds to. */
function planOf(keys: readonly number[]): PhysicalPlan {
  const rows = keys.map((key) => ({ k: `key ${key}`, c: 1n }))
  const input = table([field('k', STRING), field('c', BIGINT, false)], rows, 8192)
  const calls = [aggregateCall('c', 'count', BIGINT, [])]
  const groups = [named('k', bound(input, 'k'))]
  return {
    kind: 'stateAggregate',
    state: keptOf(groups, calls),
    inputs: [input],
    keys: groups,
    aggregates: calls,
    outputMode: 'update',
    attributes: aggregate('final', input, groups, calls).attributes,
  }
}

/** Some that were there, and some that are new. */
const keysOf = (batch: number): readonly number[] =>
  Array.from({ length: CHANGED }, (_, i) =>
    i % 10 === 0 ? KEYS + batch * CHANGED + i : (batch * 7919 + i * 13) % KEYS,
  )

async function run(stage: KeptStage, batch: number): Promise<readonly string[]> {
  const rows = await stage.batch(planOf(keysOf(batch)))
  return rows.map((row) => row.map(String).join()).toSorted()
}

/** A state shortly before a snapshot is due. */
async function begun(): Promise<KeptStage> {
  const stage = new KeptStage([0], true, 2)
  await stage.batch(planOf(Array.from({ length: KEYS }, (_, i) => i)))
  for (let batch = 0; batch < BATCHES_BEFORE; batch++) await run(stage, batch)
  stage.forget()
  return stage
}

const LAST = BATCHES_BEFORE + BATCHES

test.serial('a snapshot that is not done when its state leaves the memory leaves no file', async (t) => {
  t.timeout(120_000)
  const stage = await begun()
  let batch = BATCHES_BEFORE
  while (stage.snapshotsInParts(0) === 0 && batch < LAST) await run(stage, batch++)
  t.is(stage.snapshotsInParts(0), 1)
  stage.forget()
  await until(async () => stage.snapshotsInParts(0) === 0)
  await run(stage, batch)
  stage.forget()
})

test.serial('a snapshot that is not done when a batch fails leaves no file', async (t) => {
  t.timeout(120_000)
  const stage = await begun()
  let batch = BATCHES_BEFORE
  while (stage.snapshotsInParts(0) === 0 && batch < LAST) await run(stage, batch++)
  stage.files = { ...stage.files, create: () => Promise.reject(new Error('no space left on device')) }
  await t.throwsAsync(run(stage, batch), { message: /FAILED_WRITE_FILE/ })
  await until(async () => stage.snapshotsInParts(0) === 0)
  stage.forget()
})

interface Costs {
  /** Of the state when it was new. */
  readonly wholeBytes: number
  readonly mostBytes: number
  readonly mostPages: number
}

/** What batches of a few keys at most write, and how many pages on disk they read, while a snapshot of so many grows. */
async function costsOf(keys: number, isOnDisk: boolean): Promise<Costs> {
  const stage = new KeptStage([0], true)
  const changed = (batch: number, count: number): PhysicalPlan =>
    planOf(Array.from({ length: count }, (_, i) => (batch * 7919 + i * 13) % keys))
  await stage.batch(planOf(Array.from({ length: keys }, (_, i) => i)))
  const wholeBytes = stage.bytesOf(0)
  for (let batch = 0; batch < 10; batch++) await stage.batch(changed(batch, keys / 15))
  if (isOnDisk) trim()
  // It begins the snapshot, for which all rows leave the memory when some are on disk.
  await stage.batch(changed(10, FEW_CHANGED))
  let [mostBytes, mostPages] = [0, 0]
  const { read } = ScratchFile.prototype
  let pages = 0
  ScratchFile.prototype.read = function (...args): void {
    pages++
    read.apply(this, args)
  }
  try {
    for (let batch = 11; batch < 16; batch++) {
      const before = stage.bytesOf(0)
      pages = 0
      await stage.batch(changed(batch, FEW_CHANGED))
      mostBytes = Math.max(mostBytes, stage.bytesOf(0) - before)
      mostPages = Math.max(mostPages, pages)
    }
  } finally {
    ScratchFile.prototype.read = read
    stage.forget()
  }
  return { wholeBytes, mostBytes, mostPages }
}

for (const isOnDisk of [false, true])
  test.serial(
    `a batch costs what it touches while a snapshot of many rows ${isOnDisk ? 'on disk' : 'in memory'} grows`,
    async (t) => {
      t.timeout(120_000)
      const [few, many] = [await costsOf(KEYS, isOnDisk), await costsOf(KEYS * 6, isOnDisk)]
      t.true(few.mostBytes > 0)
      t.true(many.mostBytes < few.mostBytes * 1.2, `${many.mostBytes} bytes, and ${few.mostBytes} of few keys`)
      t.true(many.mostBytes < many.wholeBytes / 20, `${many.mostBytes} bytes of ${many.wholeBytes}`)
      t.is(many.mostPages > 0, isOnDisk)
      t.true(many.mostPages <= FEW_CHANGED + few.mostPages, `${many.mostPages} pages, and ${few.mostPages} of few keys`)
    },
  )

test.serial(
  'a batch that has read a large state again leaves it to the next one to begin the snapshot that is due',
  async (t) => {
    const stage = await begun()
    let batch = BATCHES_BEFORE
    while (stage.snapshotsInParts(0) === 0 && batch < LAST) await run(stage, batch++)
    stage.forget()
    await run(stage, batch++)
    t.is(stage.snapshotsInParts(0), 0)
    t.is(stage.kindsOf(0).filter((kind) => kind === 'snapshot').length, 1)
    await run(stage, batch)
    t.is(stage.snapshotsInParts(0), 1)
    stage.forget()
  },
)

test.serial(
  'a large state that each batch reads again is written whole ten deltas later than it would begin one',
  async (t) => {
    t.timeout(120_000)
    const stage = new KeptStage([0], false)
    const changed = (batch: number, count: number): PhysicalPlan =>
      planOf(Array.from({ length: count }, (_, i) => (batch * 7919 + i * 13) % KEYS))
    const snapshots = (): number => stage.kindsOf(0).filter((kind) => kind === 'snapshot').length
    await stage.batch(changed(0, KEYS))
    // Ten deltas are more than half as large, so that one is due then.
    for (let batch = 1; batch <= 20; batch++) await stage.batch(changed(batch, 1000))
    t.is(snapshots(), 1)
    await stage.batch(changed(21, 1000))
    t.deepEqual([snapshots(), stage.snapshotsInParts(0)], [2, 0])
  },
)

test('over how many batches a snapshot is spread is known when it begins, however much they write', (t) => {
  const rows = 300 * 2048
  const begun = { ...EMPTY_CHAIN, deltas: 10, snapshotBytes: 200 << 17, deltaBytes: 100 << 17 }
  const snapshot = new GrowingSnapshot({ file: 'f', digest: 'd' }, begun, rowsInMemory([[0, rows]], 8))
  let parts = 0
  for (; !snapshot.isWhole; parts++) snapshot.part(1)
  t.deepEqual([parts, snapshot.parts], [300, 300])
})

test.serial('files from before a snapshot that grew go with the batches that need them no more', async (t) => {
  const stage = await begun()
  const snapshots = (): number => stage.kindsOf(0).filter((kind) => kind === 'snapshot').length
  const counts: number[] = []
  for (let batch = BATCHES_BEFORE; batch < LAST + 3; batch++) {
    await run(stage, batch)
    counts.push(snapshots())
  }
  t.deepEqual([Math.max(...counts), counts.at(-1)], [2, 1])
  stage.forget()
})

test.serial('a state that batches change faster than a snapshot of it grows is written at once', async (t) => {
  const stage = new KeptStage([0], true, 2)
  const changed = (batch: number, count: number) =>
    planOf(Array.from({ length: count }, (_, i) => (batch * 97 + i) % KEYS))
  await stage.batch(changed(0, KEYS))
  const kinds: number[] = []
  for (let batch = 1; batch < 15; batch++) {
    await stage.batch(changed(batch, (KEYS * 2) / 5))
    t.is(stage.snapshotsInParts(0), 0)
    kinds.push(stage.kindsOf(0).filter((kind) => kind === 'snapshot').length)
  }
  t.deepEqual([kinds[0], Math.max(...kinds)], [1, 2])
  stage.forget()
})

for (const [strike, what, leaves] of [
  ['dies', 'an executor that dies', false],
  ['fails', 'a disk that fails once', false],
  ['dies', 'an executor that dies, having rows on disk,', true],
  ['fails', 'a disk of the checkpoint that fails once, while rows are on another,', true],
] as const satisfies readonly (readonly [Strike, string, boolean])[]) {
  test.serial(`${what} at any file of a state, while a snapshot is made bit by bit, loses nothing`, async (t) => {
    t.timeout(300_000)
    const runBatch = (stage: KeptStage, batch: number): Promise<readonly string[]> => {
      if (leaves) trim()
      return run(stage, batch)
    }
    const first = await begun()
    const sound = first.copy()
    const expected: (readonly string[])[] = []
    for (let batch = BATCHES_BEFORE; batch < LAST; batch++) expected.push(await runBatch(sound, batch))
    t.true(sound.snapshotsInParts(0) > 0, sound.kindsOf(0).join(' '))
    const last = await run(sound, 0)
    sound.forget()
    for (let step = 1; ; step += leaves ? 5 : strike === 'dies' ? 2 : 3) {
      const stage = first.copy()
      const struck = struckPlace(localCheckpoint('.'), strike, step)
      stage.files = struck.files
      for (let batch = BATCHES_BEFORE; batch < LAST; batch++) {
        const rows = await runBatch(stage, batch).catch((error: Error) => {
          t.regex(error.message, /FAILED_WRITE_FILE|STREAMING_CHECKPOINT_CORRUPT/)
          return undefined
        })
        if (rows === undefined) {
          // Another thread runs it again, from what the batch before left.
          stage.forget()
          stage.files = localCheckpoint('.').files
        }
        t.deepEqual(rows ?? (await run(stage, batch)), expected[batch - BATCHES_BEFORE], `step ${step}, batch ${batch}`)
      }
      stage.forget()
      stage.files = localCheckpoint('.').files
      t.deepEqual(await run(stage, 0), last, `step ${step}, read again`)
      stage.forget()
      if (struck.isStruck) continue
      t.true(step > 20, `${step} steps`)
      break
    }
    first.forget()
  })
}
