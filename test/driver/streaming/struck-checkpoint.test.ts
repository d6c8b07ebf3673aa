import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type CheckpointPlace, localCheckpoint } from '../../../common/checkpoint-files.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { StreamSource } from '../../../connectors/api.js'
import type { PlannedBatch } from '../../../driver/streaming/batch-planner.js'
import { Checkpoint } from '../../../driver/streaming/checkpoint.js'
import { MicroBatchQuery } from '../../../driver/streaming/micro-batch-query.js'
import type { StreamClock } from '../../../driver/streaming/system-clock.js'
import { type Strike, struckPlace } from '../../support/struck-files.js'

const PER_BATCH = 7
const BATCHES = 3

/** Numbers of a source that goes on between the starts of its query, and begins where it ends. */
const numbers = (first: number, available: number): StreamSource => ({
  initialOffset: async () => first,
  latestOffset: async (from, limited, goal) => {
    const end = goal === undefined ? available : Math.min(goal as number, available)
    return Math.max(from as number, limited ? Math.min(end, (from as number) + PER_BATCH) : end)
  },
  planSplits: async () => [],
  close: async () => undefined,
})

/** What each batch read. */
type Sink = Map<number, readonly [from: unknown, until: unknown]>

/** Everything that a batch is run again with is on disk before it reads anything. */
function read(t: ExecutionContext, { location }: CheckpointPlace, sink: Sink, batch: PlannedBatch): void {
  for (const entry of ['metadata/0', 'sources/0', `offsets/${batch.batchId}`])
    t.true(existsSync(join(location, entry)), `${entry} is to be there before batch ${batch.batchId} reads`)
  const range = [batch.from[0], batch.until[0]] as const
  t.deepEqual(sink.get(batch.batchId) ?? range, range, 'a batch that is run again reads the same')
  sink.set(batch.batchId, range)
}

/** A start of the query that runs to the end of what there is, or fails. */
async function start(
  t: ExecutionContext,
  place: CheckpointPlace,
  sink: Sink,
  { stream, sleep }: { readonly stream: StreamSource; readonly sleep: StreamClock['sleep'] },
): Promise<void> {
  const checkpoint = await Checkpoint.open({
    place,
    signature: { sources: ['numbers'], operators: [], watermarkPolicy: 'min' },
    partitions: 2,
    minBatchesToRetain: 1,
    moveStates: async () => ({}),
  })
  const query = new MicroBatchQuery({
    name: 'struck',
    checkpoint,
    sources: [{ description: 'numbers', stream }],
    trigger: { kind: 'availableNow' },
    clock: { nowMs: () => 0, sleep },
    slots: () => 2,
    sinkDescription: 'test',
    events: {
      onQueryStarted: () => undefined,
      onQueryProgress: () => undefined,
      onQueryIdle: () => undefined,
      onQueryTerminated: () => undefined,
    },
    eventTimeOf: () => undefined,
    atNow: (position) => position,
    wantsBatch: () => false,
    runBatch: async (batch) => {
      read(t, place, sink, batch)
      const counts = { rowsRead: [1], rowsWritten: 1, eventTimes: new Map(), watermarks: {}, states: {} }
      return { ...counts, observedMetrics: {}, stateOperators: [], durationMs: { getBatch: 0, queryPlanning: 0 } }
    },
  })
  await query.finished
}

async function struckAt(
  t: ExecutionContext,
  strike: Strike,
  step: number,
  sleep: StreamClock['sleep'],
): Promise<boolean> {
  const location = await mkdtemp(join(tmpdir(), 'millrace-struck-'))
  try {
    const sound = localCheckpoint(join(location, 'checkpoint'))
    const struck = struckPlace(sound, strike, step)
    const sink: Sink = new Map()
    const last = 100 + PER_BATCH * BATCHES
    const failure: unknown = await start(t, struck, sink, { stream: numbers(100, last), sleep }).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (failure !== undefined) {
      const { cause } = failure as Error
      const { condition, message } = (MillraceError.is(cause) ? cause : failure) as MillraceError
      t.regex(condition, /^FAILED_(READ|WRITE)_FILE$/, `step ${step}`)
      t.true(message.includes(sound.location), message)
    }
    const first = sink.size > 0 ? 100 : undefined
    await start(t, sound, sink, { stream: numbers(103, last + PER_BATCH), sleep })
    const ranges = [...sink.values()]
    const begin = ranges[0]![0]
    t.is(begin, first ?? begin, `what was read stays where it began, struck at step ${step}`)
    t.true(begin === 100 || begin === 103)
    for (const [i, [from]] of ranges.entries()) if (i > 0) t.is(from, ranges[i - 1]![1])
    t.is(ranges.at(-1)![1], last + PER_BATCH)
    return struck.isStruck
  } finally {
    await rm(location, { recursive: true, force: true })
  }
}

/** What ends the time for which a commit waits for the next batch, and how many changes there are at least. */
const COMMITS: readonly (readonly [how: string, StreamClock['sleep'], steps: number])[] = [
  ['commits being entries of their own', async () => undefined, 30],
  ['offsets telling of the batch before', () => new Promise(() => undefined), 20],
]

for (const [strike, what] of [
  ['dies', 'a driver that dies'],
  ['fails', 'a disk that fails once'],
] as const) {
  for (const [how, sleep, steps] of COMMITS) {
    test(`${what} at any change of the checkpoint's files, ${how}: nothing is read before the disk knows it, and the next start skips and repeats nothing`, async (t) => {
      let step = 1
      while (await struckAt(t, strike, step, sleep)) step++
      t.true(step > steps, `${step} steps`)
    })
  }
}
