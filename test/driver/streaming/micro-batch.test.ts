import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Json, StreamSource } from '../../../connectors/api.js'
import type { PlannedBatch } from '../../../driver/streaming/batch-planner.js'
import { Checkpoint, type QuerySignature } from '../../../driver/streaming/checkpoint.js'
import { CheckpointLog } from '../../../driver/streaming/checkpoint-log.js'
import { MicroBatchQuery, type StreamClock } from '../../../driver/streaming/micro-batch-query.js'
import { delayBeforeNextBatchMs, type Trigger } from '../../../driver/streaming/trigger.js'

const signature: QuerySignature = { sources: ['numbers'], operators: [] }
const clock: StreamClock = { nowMs: () => 0, sleep: () => new Promise((resolve) => setImmediate(resolve)) }

/** A source of the numbers 0, 1, 2, …, of which `available` exist. */
const numbers = (available: () => number, perBatch: number): StreamSource => ({
  initialOffset: async () => 0,
  latestOffset: async (from, limited, goal) => {
    const end = goal === undefined ? available() : Math.min(goal as number, available())
    return limited ? Math.min(end, (from as number) + perBatch) : end
  },
  planSplits: async () => [],
  close: async () => undefined,
})

interface Run {
  readonly checkpoint: Checkpoint
  readonly available: () => number
  readonly trigger: Trigger
  readonly runBatch: (batch: PlannedBatch) => Promise<{ rowsRead: number; watermarkMicros?: bigint }>
  readonly needsEmptyBatches?: boolean
}

const start = (run: Run): MicroBatchQuery =>
  new MicroBatchQuery({
    name: 'test',
    checkpoint: run.checkpoint,
    sources: [{ description: 'numbers', stream: numbers(run.available, 7) }],
    trigger: run.trigger,
    clock,
    needsEmptyBatches: run.needsEmptyBatches ?? false,
    runBatch: run.runBatch,
  })

const inDirectory = async (body: (directory: string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-checkpoint-'))
  await body(directory).finally(() => rm(directory, { recursive: true, force: true }))
}

test('a query killed at any step and restarted processes every record exactly once', async (t) => {
  const crash = new Error('killed')
  for (let killedAt = 0; killedAt < 40; killedAt++) {
    await inDirectory(async (directory) => {
      const sink = new Map<number, Json>()
      let steps = killedAt
      const step = (): void => {
        if (steps-- === 0) throw crash
      }
      for (let starts = 0; starts < 3; starts++) {
        const checkpoint = await Checkpoint.open(directory, signature, 2)
        const { writeOffsets, writeCommit } = checkpoint
        checkpoint.writeOffsets = async (batch) => {
          step()
          await writeOffsets.call(checkpoint, batch)
          step()
        }
        checkpoint.writeCommit = async (commit) => {
          step()
          await writeCommit.call(checkpoint, commit)
          step()
        }
        const runBatch = async (batch: PlannedBatch) => {
          step()
          const range = [batch.from[0]!, batch.until[0]!]
          t.deepEqual(sink.get(batch.batchId) ?? range, range, 'a batch run again must read the same range')
          sink.set(batch.batchId, range)
          step()
          return { rowsRead: (range[1] as number) - (range[0] as number) }
        }
        const query = start({ checkpoint, available: () => 30, trigger: { kind: 'availableNow' }, runBatch })
        const failure = await query.finished.then(
          () => undefined,
          (error: unknown) => error,
        )
        if (failure === undefined) break
        t.true(MillraceError.is(failure) && failure.condition === 'STREAM_FAILED')
      }
      const wanted = [
        [0, 7],
        [7, 14],
        [14, 21],
        [21, 28],
        [28, 30],
      ]
      t.deepEqual([...sink.values()], wanted, `killed at step ${killedAt}`)
    })
  }
})

test('availableNow ends at what was there when it began, although more keeps coming', (t) =>
  inDirectory(async (directory) => {
    let available = 10
    const query = start({
      checkpoint: await Checkpoint.open(directory, signature, 2),
      available: () => available,
      trigger: { kind: 'availableNow' },
      runBatch: async () => {
        available += 100
        return { rowsRead: 7 }
      },
    })
    await query.finished
    t.deepEqual(
      query.recentProgress.map((p) => p.sources[0]!.endOffset),
      [7, 10],
    )
  }))

test('processAllAvailable waits for what was there at the call, and stop ends the query without failure', (t) =>
  inDirectory(async (directory) => {
    let available = 0
    const seen: Json[] = []
    const query = start({
      checkpoint: await Checkpoint.open(directory, signature, 2),
      available: () => available,
      trigger: { kind: 'processingTime', intervalMs: 0 },
      runBatch: async (batch) => {
        seen.push(batch.until[0]!)
        return { rowsRead: 1 }
      },
    })
    available = 9
    await query.processAllAvailable()
    t.deepEqual(seen, [7, 9])
    t.true(query.isActive)
    await query.stop()
    t.false(query.isActive)
    t.is(query.exception, undefined)
  }))

test('a watermark advances with the data, never goes back, and causes one batch without data where rows are held back', (t) =>
  inDirectory(async (directory) => {
    const watermarks: (bigint | undefined)[] = []
    const query = start({
      checkpoint: await Checkpoint.open(directory, signature, 2),
      available: () => 14,
      trigger: { kind: 'availableNow' },
      needsEmptyBatches: true,
      runBatch: async (batch) => {
        watermarks.push(batch.watermarkMicros)
        return { rowsRead: 1, ...(batch.batchId < 2 ? { watermarkMicros: 50n - BigInt(batch.batchId) * 10n } : {}) }
      },
    })
    await query.finished
    t.deepEqual(watermarks, [undefined, 50n])
    t.is((await (await Checkpoint.open(directory, signature, 2)).lastCommit())?.nextWatermarkMicros, 50n)
  }))

test('a checkpoint of another query is refused by name', (t) =>
  inDirectory(async (directory) => {
    const { queryId } = await Checkpoint.open(directory, signature, 2)
    t.is((await Checkpoint.open(directory, signature, 2)).queryId, queryId)
    await t.throwsAsync(Checkpoint.open(directory, { sources: ['letters'], operators: [] }, 2), {
      message: /STREAMING_CHECKPOINT_MISMATCH.*its sources are numbers, those of this query are letters/,
    })
  }))

test('two writers of the same batch: the second is refused, and nothing of it is left behind', (t) =>
  inDirectory(async (directory) => {
    const log = new CheckpointLog(directory)
    await log.add(0, ['one'])
    await t.throwsAsync(log.add(0, ['two']), { message: /CONCURRENT_STREAM_LOG_UPDATE/ })
    t.deepEqual(await log.get(0), ['one'])
    t.deepEqual(await readdir(directory), ['0'])
  }))

test('a log entry cut short is refused instead of believed', (t) =>
  inDirectory(async (directory) => {
    await writeFile(join(directory, '3'), 'v1\n{"a":1')
    await t.throwsAsync(new CheckpointLog(directory).get(3), { message: /STREAMING_CHECKPOINT_CORRUPT/ })
  }))

test('intervals count from their multiples, and a late batch is followed at once', (t) => {
  const everySecond: Trigger = { kind: 'processingTime', intervalMs: 1000 }
  t.is(delayBeforeNextBatchMs(everySecond, 5_300, true, 5_400), 600)
  t.is(delayBeforeNextBatchMs(everySecond, 5_300, true, 7_100), 0)
  t.is(delayBeforeNextBatchMs({ kind: 'processingTime', intervalMs: 0 }, 0, true, 9), 0)
  t.is(delayBeforeNextBatchMs({ kind: 'processingTime', intervalMs: 0 }, 0, false, 9), 10)
})
