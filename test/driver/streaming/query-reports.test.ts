import test from 'ava'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { StreamSource } from '../../../connectors/api.js'
import type { StreamingQueryProgress } from '../../../driver/streaming/progress.js'
import { eventTimeProgress } from '../../../driver/streaming/progress-report.js'
import { QueryReports } from '../../../driver/streaming/query-reports.js'

const POSITION = { batchId: 4, from: [1], watermarks: {}, earlierWatermarks: {}, states: {} }
const BATCH = { ...POSITION, until: [9], timeMs: 0, logged: true }
const OUTCOME = {
  rowsRead: [8],
  rowsWritten: 2,
  eventTimes: new Map(),
  watermarks: {},
  states: {},
  stateOperators: [],
  observedMetrics: {},
  durationMs: { getBatch: 0, queryPlanning: 0 },
}

/** Reports of a query at a time that the test sets. */
function reportsAt() {
  const clock = { now: 1000, nowMs: () => clock.now }
  const told: string[] = []
  const progress: StreamingQueryProgress[] = []
  const reports = new QueryReports({
    ...{ id: 'a', runId: 'b', name: undefined, sinkDescription: 'nowhere', clock },
    sources: [{ description: 'numbers', stream: {} as StreamSource }],
    eventTimeOf: () => undefined,
    events: {
      onQueryStarted: (event) => void told.push(`started ${event.timestamp}`),
      onQueryProgress: (event) => void progress.push(event.progress),
      onQueryIdle: (event) => void told.push(`idle ${event.timestamp}`),
      onQueryTerminated: ({ exception, errorClassOnException }) =>
        void told.push(`ended ${exception ?? ''} ${errorClassOnException ?? ''}`),
    },
  })
  return { clock, told, progress, reports }
}

test('rates count from the trigger before, and those of the first batch and of one that took no time are numbers', (t) => {
  const { clock, progress, reports } = reportsAt()
  reports.done(BATCH, { startedMs: 1000, endedMs: 1000, durationMs: {} }, OUTCOME, [])
  clock.now = 3500
  reports.done(BATCH, { startedMs: 3000, endedMs: 3500, durationMs: { addBatch: 400 } }, OUTCOME, [])
  const [one, two] = progress
  t.like(one, { name: null, inputRowsPerSecond: 0, processedRowsPerSecond: 8000, batchDuration: 0 })
  t.like(two, { inputRowsPerSecond: 4, processedRowsPerSecond: 16, batchDuration: 500, numInputRows: 8 })
  t.deepEqual(two!.durationMs, { addBatch: 400, triggerExecution: 500 })
  t.is(two!.timestamp, '1970-01-01T00:00:03.000Z')
  t.deepEqual(two!.sources, [
    {
      description: 'numbers',
      ...{ startOffset: 1, endOffset: 9, latestOffset: null },
      ...{ numInputRows: 8, inputRowsPerSecond: 4, processedRowsPerSecond: 16 },
    },
  ])
})

test('a query without work says so at first, and again each time when it has had none for ten seconds', (t) => {
  const { clock, told, reports } = reportsAt()
  reports.idle()
  t.deepEqual(told, ['idle 1970-01-01T00:00:01.000Z'])
  clock.now = 10_999
  reports.idle()
  t.is(told.length, 1)
  clock.now = 11_000
  reports.idle()
  t.is(told.length, 2)
  clock.now = 15_000
  reports.done(BATCH, { startedMs: 14_000, endedMs: 14_500, durationMs: {} }, OUTCOME, [])
  clock.now = 24_999
  reports.idle()
  t.is(told.length, 2)
})

test('the end tells what failed the query, by the condition of its cause', (t) => {
  const { told, progress, reports } = reportsAt()
  const cause = new MillraceError('STREAMING_CHECKPOINT_REMOVED', { location: 'x' })
  const ids = { queryName: 'q', id: 'a', runId: 'b', message: cause.text }
  const failure = new MillraceError('STREAM_FAILED', ids, { cause })
  reports.failed(POSITION, undefined, 900, failure)
  reports.ended(failure)
  reports.ended(undefined)
  t.like(progress[0], { batchId: 4, exception: failure.message, numInputRows: 0 })
  t.like(progress[0]!.sources[0], { startOffset: 1, endOffset: null })
  t.deepEqual(told, [`ended ${failure.message} STREAMING_CHECKPOINT_REMOVED`, 'ended  '])
  reports.failed(undefined, undefined, 900, failure)
  t.is(progress[1]!.batchId, -1)
})

test('event times before 1970 and beyond what a Date holds are told, and rows in between by their average', (t) => {
  const seen = { watermarkId: 0, rows: 2, minMicros: -1n, maxMicros: 2n ** 63n - 1n, sumMicros: 3000 }
  t.deepEqual(eventTimeProgress(seen, -(2n ** 63n)), {
    avg: '1970-01-01T00:00:00.001Z',
    max: '+275760-09-13T00:00:00.000Z',
    min: '1969-12-31T23:59:59.999Z',
    watermark: '-271821-04-20T00:00:00.000Z',
  })
})
