import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { localCheckpoint } from '../../../common/checkpoint-files.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Json, StreamSource } from '../../../connectors/api.js'
import type { BatchOutcome } from '../../../driver/streaming/batch-outcome.js'
import type { PlannedBatch, Position } from '../../../driver/streaming/batch-planner.js'
import { Checkpoint } from '../../../driver/streaming/checkpoint.js'
import { MicroBatchQuery } from '../../../driver/streaming/micro-batch-query.js'
import type { StreamEvents } from '../../../driver/streaming/stream-events.js'
import type { StreamClock } from '../../../driver/streaming/system-clock.js'
import { delayBeforeNextBatchMs, type Trigger } from '../../../driver/streaming/trigger.js'
import type { Watermarks } from '../../../driver/streaming/watermarks.js'
import { raised } from '../../support/raised.js'

const SIGNATURE = { sources: ['numbers'], operators: [], watermarkPolicy: 'min' } as const
const open = (location: string): Promise<Checkpoint> =>
  Checkpoint.open({
    place: localCheckpoint(location),
    signature: SIGNATURE,
    partitions: 2,
    minBatchesToRetain: 9,
    moveStates: async () => ({}),
  })
const { signal } = new AbortController()
let nowMs = 0
const clock: StreamClock = { nowMs: () => nowMs++, sleep: () => new Promise((resolve) => setImmediate(resolve)) }

const outcome = (rowsRead: number, watermarks: Watermarks = {}): BatchOutcome => ({
  rowsRead: [rowsRead],
  rowsWritten: rowsRead,
  eventTimes: new Map(),
  watermarks,
  states: {},
  stateOperators: [],
  observedMetrics: {},
  durationMs: { getBatch: 0, queryPlanning: 0 },
})

const UNHEARD: StreamEvents = {
  onQueryStarted: () => undefined,
  onQueryProgress: () => undefined,
  onQueryIdle: () => undefined,
  onQueryTerminated: () => undefined,
}

const TOLD = {
  slots: () => 2,
  sinkDescription: 'test',
  events: UNHEARD,
  eventTimeOf: () => undefined,
  atNow: (position: Position) => position,
}
const PATIENT = { ...TOLD, wantsBatch: () => false }
/** Of a query with one watermark, for which an operator waits. */
const WAITING = {
  ...TOLD,
  wantsBatch: ({ watermarks, earlierWatermarks }: Position) => watermarks[0] !== earlierWatermarks[0],
}

/** A source of the numbers 0, 1, 2, …, of which `available` exist. */
const numbers = (available: () => number, perBatch: number): StreamSource => ({
  initialOffset: async () => 0,
  latestOffset: async (from, limited, goal) => {
    const end = goal === undefined ? available() : Math.min(goal as number, available())
    return Math.max(from as number, limited ? Math.min(end, (from as number) + perBatch) : end)
  },
  planSplits: async () => [],
  close: async () => undefined,
})

interface Run {
  readonly checkpoint: Checkpoint
  readonly available: () => number
  readonly trigger: Trigger
  readonly runBatch: (batch: PlannedBatch) => Promise<BatchOutcome>
  readonly waitsForWatermark?: boolean
  readonly close?: () => Promise<void>
  readonly lag?: NonNullable<StreamSource['lag']>
  readonly prepareBatch?: (batch: PlannedBatch) => void
}

const start = (run: Run): MicroBatchQuery =>
  new MicroBatchQuery({
    name: 'test',
    checkpoint: run.checkpoint,
    sources: [
      {
        description: 'numbers',
        stream: {
          ...numbers(run.available, 7),
          ...(run.close ? { close: run.close } : {}),
          ...(run.lag ? { lag: run.lag } : {}),
        },
      },
    ],
    trigger: run.trigger,
    clock,
    ...(run.waitsForWatermark ? WAITING : PATIENT),
    ...(run.prepareBatch ? { prepareBatch: run.prepareBatch } : {}),
    runBatch: run.runBatch,
  })

const inDirectory = async (body: (directory: string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-checkpoint-'))
  await body(directory).finally(() => rm(directory, { recursive: true, force: true }))
}

/** By an entry of its own, or by the offsets of the next batch. */
const isCommitted = (directory: string, batchId: number): boolean =>
  [`commits/${batchId}`, `offsets/${batchId + 1}`].some((entry) => existsSync(join(directory, entry)))

test('a batch is prepared before its offsets are logged, and run after that', (t) =>
  inDirectory(async (directory) => {
    const checkpoint = await open(directory)
    const { writeOffsets } = checkpoint
    const steps: string[] = []
    checkpoint.writeOffsets = async (batch) => {
      steps.push(`log ${batch.batchId}`)
      await writeOffsets.call(checkpoint, batch)
      steps.push(`logged ${batch.batchId}`)
    }
    const query = start({
      checkpoint,
      available: () => 8,
      trigger: { kind: 'availableNow' },
      prepareBatch: ({ batchId }) => void steps.push(`prepare ${batchId}`),
      runBatch: async ({ batchId }) => {
        steps.push(`run ${batchId}`)
        return outcome(7)
      },
    })
    await query.finished
    const ofBatch = (n: number): readonly string[] => [`prepare ${n}`, `log ${n}`, `logged ${n}`, `run ${n}`]
    t.deepEqual(steps, [...ofBatch(0), ...ofBatch(1)])
  }))

test('a query killed at any step and restarted processes every record exactly once', async (t) => {
  const crash = new Error('killed')
  for (let killedAt = 0; killedAt < 40; killedAt++) {
    await inDirectory(async (directory) => {
      const sink = new Map<number, Json>()
      const times = new Map<number, number>()
      let steps = killedAt
      const step = (): void => {
        if (steps-- === 0) throw crash
      }
      for (let starts = 0; starts < 3; starts++) {
        const checkpoint = await open(directory)
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
          t.is(times.get(batch.batchId) ?? batch.timeMs, batch.timeMs, 'and run by the same time')
          times.set(batch.batchId, batch.timeMs)
          sink.set(batch.batchId, range)
          step()
          return outcome((range[1] as number) - (range[0] as number))
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

test('the lag is asked while the commit is written', (t) =>
  inDirectory(async (directory) => {
    const wasCommitted: boolean[] = []
    const query = start({
      checkpoint: await open(directory),
      available: () => 10,
      trigger: { kind: 'availableNow' },
      runBatch: async () => outcome(7),
      lag: async () => {
        wasCommitted.push(isCommitted(directory, wasCommitted.length))
        return { latestOffset: 10, behind: {} }
      },
    })
    await query.finished
    t.deepEqual(wasCommitted, [false, false])
  }))

test('the commit of a batch is a part of the offsets behind it where another batch begins at once, and else an entry of its own', async (t) => {
  const commitsOf = async (trigger: Trigger, run: (query: MicroBatchQuery) => Promise<void>): Promise<unknown> => {
    let commits: unknown
    await inDirectory(async (directory) => {
      const query = start({
        checkpoint: await open(directory),
        available: () => 20,
        trigger,
        runBatch: async () => outcome(7),
      })
      await run(query)
      commits = (await readdir(join(directory, 'commits'))).toSorted()
      t.deepEqual((await open(directory)).lastCommit?.batchId, 2)
      t.deepEqual(
        query.recentProgress.map(({ batchId }) => batchId),
        [0, 1, 2],
      )
      await query.stop()
    })
    return commits
  }
  t.deepEqual(await commitsOf({ kind: 'availableNow' }, (query) => query.finished), ['2'])
  const whenAll = (query: MicroBatchQuery): Promise<void> => query.processAllAvailable()
  t.deepEqual(await commitsOf({ kind: 'processingTime', intervalMs: 0 }, whenAll), ['2'])
  // The clock goes on by a millisecond with each look at it: no interval is over after a batch.
  t.deepEqual(await commitsOf({ kind: 'processingTime', intervalMs: 1e6 }, whenAll), ['0', '1', '2'])
})

test('a batch whose commit waits for the next one is committed when its query is stopped, and when asking for more fails', async (t) => {
  for (const isStopped of [true, false]) {
    await inDirectory(async (directory) => {
      let fail: (error: unknown) => void = () => undefined
      const away = new Promise<never>((_, reject) => {
        fail = reject
      })
      away.catch(() => undefined)
      const close = async (): Promise<void> => fail(new MillraceError('OPERATION_CANCELED'))
      let asks: () => void = () => undefined
      const asked = new Promise<void>((resolve) => {
        asks = resolve
      })
      const query = new MicroBatchQuery({
        name: 'test',
        checkpoint: await open(directory),
        sources: [
          {
            description: 'numbers',
            stream: {
              ...numbers(() => 7, 7),
              close,
              latestOffset: async (from) => {
                if (from === 0) return 7
                asks()
                return away
              },
            },
          },
        ],
        trigger: { kind: 'processingTime', intervalMs: 0 },
        clock: { nowMs: () => 0, sleep: () => new Promise(() => undefined) },
        ...PATIENT,
        runBatch: async () => outcome(7),
      })
      await asked
      t.false(isCommitted(directory, 0))
      if (isStopped) await query.stop()
      else {
        fail(new Error('the servers are away'))
        await raised(t, query.finished, 'STREAM_FAILED')
      }
      t.deepEqual(await readdir(join(directory, 'commits')), ['0'])
      t.is(query.recentProgress[0]!.batchId, 0)
    })
  }
})

test('a lag that fails is not known, and stops no query', (t) =>
  inDirectory(async (directory) => {
    let asked = 0
    const query = start({
      checkpoint: await open(directory),
      available: () => 10,
      trigger: { kind: 'availableNow' },
      runBatch: async () => outcome(7),
      lag: async () => {
        asked++
        throw new Error('the servers are away')
      },
    })
    await query.finished
    t.deepEqual(
      query.recentProgress.map((p) => [p.sources[0]!.endOffset, p.sources[0]!.latestOffset]),
      [
        [7, null],
        [10, null],
      ],
    )
    t.is(asked, 2)
  }))

test('a commit that fails beside a lag that fails, too, ends its query and nothing else', (t) =>
  inDirectory(async (directory) => {
    const checkpoint = await open(directory)
    const query = start({
      checkpoint,
      available: () => 10,
      trigger: { kind: 'availableNow' },
      runBatch: async () => outcome(7),
      lag: async () => {
        throw new Error('the servers are away')
      },
    })
    checkpoint.writeCommit = async () => {
      // By then a failure that nobody has taken would have ended the process.
      await new Promise((resolve) => setImmediate(resolve))
      throw new Error('the disk is full')
    }
    t.regex((await raised(t, query.finished, 'STREAM_FAILED')).message, /the disk is full/)
    await new Promise((resolve) => setImmediate(resolve))
  }))

test('availableNow ends at what was there when it began, although more keeps coming', (t) =>
  inDirectory(async (directory) => {
    let available = 10
    const query = start({
      checkpoint: await open(directory),
      available: () => available,
      trigger: { kind: 'availableNow' },
      runBatch: async () => {
        available += 100
        return outcome(7)
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
      checkpoint: await open(directory),
      available: () => available,
      trigger: { kind: 'processingTime', intervalMs: 0 },
      runBatch: async (batch) => {
        seen.push(batch.until[0]!)
        return outcome(1)
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
      checkpoint: await open(directory),
      available: () => 14,
      trigger: { kind: 'availableNow' },
      waitsForWatermark: true,
      runBatch: async (batch) => {
        watermarks.push(batch.watermarks[0])
        return outcome(1, { 0: 50n })
      },
    })
    await query.finished
    t.deepEqual(watermarks, [undefined, 50n])
    t.deepEqual((await open(directory)).lastCommit?.nextWatermarks, { 0: 50n })
  }))

test('a stream that begins at the end of its source does not move on when it is killed before its first commit', async (t) => {
  for (let killedAt = 0; killedAt < 8; killedAt++) {
    await inDirectory(async (directory) => {
      let available = 100
      let steps = killedAt
      const ranges: Json[] = []
      for (let starts = 0; starts < 3; starts++) {
        const checkpoint = await open(directory)
        const stepOf = async (write: () => Promise<void>): Promise<void> => {
          if (steps-- === 0) throw new Error('killed')
          await write()
          if (steps-- === 0) throw new Error('killed')
        }
        const { writeFirstPositions, writeOffsets, writeCommit } = checkpoint
        checkpoint.writeFirstPositions = (positions) => stepOf(() => writeFirstPositions.call(checkpoint, positions))
        checkpoint.writeOffsets = (batch) => stepOf(() => writeOffsets.call(checkpoint, batch))
        checkpoint.writeCommit = (commit) => stepOf(() => writeCommit.call(checkpoint, commit))
        const latest = { ...numbers(() => available, 1000), initialOffset: async () => available }
        const query = new MicroBatchQuery({
          name: 'latest',
          checkpoint,
          sources: [{ description: 'numbers', stream: latest }],
          trigger: { kind: 'processingTime', intervalMs: 0 },
          clock,
          ...PATIENT,
          runBatch: async ({ batchId, from, until }) => {
            ranges[batchId] = [from[0]!, until[0]!]
            return outcome(1)
          },
        })
        await query.processAllAvailable().catch(() => undefined)
        available += 20
        await query.processAllAvailable().catch(() => undefined)
        await query.stop()
      }
      t.is((ranges[0] as readonly number[])[0], killedAt < 1 ? 120 : 100, `killed at step ${killedAt}`)
      t.is((ranges.at(-1) as readonly number[])[1], available, `killed at step ${killedAt}`)
    })
  }
})

test('processAllAvailable waits for the commit of what has run already', (t) =>
  inDirectory(async (directory) => {
    const checkpoint = await open(directory)
    const { writeCommit } = checkpoint
    let begins: () => void = () => undefined
    const begun = new Promise<void>((resolve) => {
      begins = resolve
    })
    let ends: () => void = () => undefined
    const ended = new Promise<void>((resolve) => {
      ends = resolve
    })
    checkpoint.writeCommit = async (end) => {
      begins()
      await ended
      await writeCommit.call(checkpoint, end)
    }
    const query = start({
      checkpoint,
      available: () => 7,
      trigger: { kind: 'processingTime', intervalMs: 0 },
      runBatch: async () => outcome(7),
    })
    await begun
    let isProcessed = false
    const processed = query.processAllAvailable().then(() => {
      isProcessed = true
    })
    for (let turn = 0; turn < 20; turn++) await clock.sleep(0, signal)
    t.false(isProcessed)
    ends()
    await processed
    t.true(isCommitted(directory, 0))
    await query.stop()
  }))

test('processAllAvailable returns although more comes all the time, and what was there at the call is processed', (t) =>
  inDirectory(async (directory) => {
    let available = 20
    const seen: number[] = []
    const query = start({
      checkpoint: await open(directory),
      available: () => available++,
      trigger: { kind: 'processingTime', intervalMs: 0 },
      runBatch: async (batch) => {
        seen.push(batch.until[0] as number)
        return outcome(1)
      },
    })
    for (let call = 0; call < 3; call++) {
      const atCall = available
      await query.processAllAvailable()
      t.true(seen.at(-1)! >= atCall, `processed up to ${seen.at(-1)}, at the call there were ${atCall}`)
    }
    t.true(query.isActive)
    await query.stop()
  }))

test('processAllAvailable returns when the query is past what was there before its source has told what that was', (t) =>
  inDirectory(async (directory) => {
    let available = 5
    const seen: number[] = []
    const source = numbers(() => available++, 7)
    const query = new MicroBatchQuery({
      name: 'late',
      checkpoint: await open(directory),
      sources: [
        {
          description: 'numbers',
          stream: {
            ...source,
            latestOffset: async (from, limited, goal) => {
              const offset = await source.latestOffset(from, limited, goal)
              while (!limited && !((seen.at(-1) ?? 0) > (offset as number))) await clock.sleep(0, signal)
              return offset
            },
          },
        },
      ],
      trigger: { kind: 'processingTime', intervalMs: 0 },
      clock,
      ...PATIENT,
      runBatch: async (batch) => {
        seen.push(batch.until[0] as number)
        return outcome(1)
      },
    })
    await query.processAllAvailable()
    t.true(query.isActive)
    await query.stop()
  }))

test('processAllAvailable waits for the batch without data that lets rows go which were held back', (t) =>
  inDirectory(async (directory) => {
    const watermarks: (bigint | undefined)[] = []
    const query = start({
      checkpoint: await open(directory),
      available: () => 7,
      trigger: { kind: 'processingTime', intervalMs: 0 },
      waitsForWatermark: true,
      runBatch: async (batch) => {
        watermarks.push(batch.watermarks[0])
        return outcome(1, { 0: 50n })
      },
    })
    await query.processAllAvailable()
    t.deepEqual(watermarks, [undefined, 50n])
    await query.stop()
  }))

test('what ends a query is told by all that tell of it, also when its sources fail because they are closed', (t) =>
  inDirectory(async (directory) => {
    const disk = new Error('the disk is full')
    let fail: (error: unknown) => void = () => undefined
    const closed = new Promise<never>((_, reject) => {
      fail = reject
    })
    closed.catch(() => undefined)
    let isSlow = false
    const source: StreamSource = {
      ...numbers(() => 9, 7),
      latestOffset: async (from, limited, goal) =>
        isSlow && !limited ? closed : numbers(() => 9, 7).latestOffset(from, limited, goal),
      close: async () => fail(new MillraceError('OPERATION_CANCELED')),
    }
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const query = new MicroBatchQuery({
      name: 'mine',
      checkpoint: await open(directory),
      sources: [{ description: 'numbers', stream: source }],
      trigger: { kind: 'processingTime', intervalMs: 0 },
      clock,
      ...PATIENT,
      runBatch: async () => {
        isSlow = true
        await released
        throw disk
      },
    })
    const waiting = query.processAllAvailable()
    while (!isSlow) await clock.sleep(0, signal)
    const late = query.processAllAvailable()
    release()
    for (const told of [waiting, late, query.finished, query.processAllAvailable()]) {
      const error = await raised(t, told, 'STREAM_FAILED')
      t.is(error, query.exception!)
      t.is((error.cause as MillraceError).cause, disk)
      t.regex(error.message, /mine.*the disk is full/)
      t.is(error.message.match(/SQLSTATE/g)?.length, 1)
    }
    const last = query.recentProgress.at(-1)!
    t.like(last, { batchId: 0, numInputRows: 0, exception: query.exception!.message })
    t.deepEqual(last.sources[0]!.endOffset, 7)
    t.regex(query.phase, /the disk is full/)
  }))

test('a batch that fails because a later start has taken the checkpoint, or it was removed, tells so', async (t) => {
  const takes: readonly (readonly [string, (directory: string) => Promise<unknown>])[] = [
    ['CONCURRENT_STREAM_LOG_UPDATE', open],
    ['STREAMING_CHECKPOINT_REMOVED', (directory) => rm(directory, { recursive: true })],
  ]
  for (const [condition, take] of takes) {
    await inDirectory(async (directory) => {
      const query = start({
        checkpoint: await open(directory),
        available: () => 9,
        trigger: { kind: 'availableNow' },
        runBatch: async () => {
          await take(directory)
          throw new Error('a file of the state is gone')
        },
      })
      const error = await raised(t, query.finished, 'STREAM_FAILED')
      t.like(error.cause, { condition })
    })
  }
})

test('a source hears that it was read up to somewhere when that is committed, and not before', (t) =>
  inDirectory(async (directory) => {
    const heard: unknown[] = []
    const committed = async (until: Json): Promise<void> => {
      heard.push([until, isCommitted(directory, heard.length)])
    }
    const query = new MicroBatchQuery({
      name: 'test',
      checkpoint: await open(directory),
      sources: [{ description: 'numbers', stream: { ...numbers(() => 14, 7), committed } }],
      trigger: { kind: 'availableNow' },
      clock,
      ...PATIENT,
      runBatch: async () => outcome(7),
    })
    await query.finished
    t.deepEqual(heard, [
      [7, true],
      [14, true],
    ])
  }))

test('a query that is stopped closes its sources at once, and commits no batch that ends after that', (t) =>
  inDirectory(async (directory) => {
    let end: () => void = () => undefined
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    let isClosed = false
    const checkpoint = await open(directory)
    const runs = new Promise<MicroBatchQuery>((resolve) => {
      const query: MicroBatchQuery = start({
        checkpoint,
        available: () => 7,
        trigger: { kind: 'processingTime', intervalMs: 0 },
        close: async () => {
          isClosed = true
        },
        runBatch: async () => {
          resolve(query)
          await ended
          return outcome(7)
        },
      })
    })
    const stopped = (await runs).stop()
    t.true(isClosed, 'a source may wait for servers, and the query for it')
    end()
    await stopped
    t.deepEqual(await readdir(join(directory, 'commits')), [])
  }))

test('a batch whose prepared output was lost is run again, a few times, and one that failed otherwise is not', async (t) => {
  const lost = new MillraceError('KAFKA_TRANSACTIONS_LOST', { batchId: 0, tasks: 2, lost: 1, reason: 'test' })
  const away = new MillraceError('KAFKA_UNAVAILABLE', { servers: 'a:1', reason: 'test' })
  for (const [failure, times, runs] of [
    [lost, 2, 3],
    [lost, 3, 3],
    [away, 1, 1],
  ] as const) {
    await inDirectory(async (directory) => {
      let attempts = 0
      const query = start({
        checkpoint: await open(directory),
        available: () => 7,
        trigger: { kind: 'availableNow' },
        runBatch: async () => {
          if (attempts++ < times) throw failure
          return outcome(7)
        },
      })
      if (times < runs) await query.finished
      else t.is(((await t.throwsAsync(query.finished)) as MillraceError).cause, failure)
      t.is(attempts, runs)
    })
  }
})

test('intervals count from their multiples, and a late batch is followed at once', (t) => {
  const everySecond: Trigger = { kind: 'processingTime', intervalMs: 1000 }
  t.is(delayBeforeNextBatchMs(everySecond, 5_300, true, 5_400), 600)
  t.is(delayBeforeNextBatchMs(everySecond, 5_300, true, 7_100), 0)
  t.is(delayBeforeNextBatchMs({ kind: 'processingTime', intervalMs: 0 }, 0, true, 9), 0)
  t.is(delayBeforeNextBatchMs({ kind: 'processingTime', intervalMs: 0 }, 0, false, 9), 10)
})
