import test from 'ava'
import { createLogger } from '../../../common/log.js'
import { EventBus } from '../../../driver/events/event-bus.js'
import { streamHappenings } from '../../../driver/events/stream-happenings.js'
import { DriverMetrics } from '../../../driver/prometheus/driver-metrics.js'
import { exposition, type MetricFamily } from '../../../driver/prometheus/exposition.js'
import { MetricsServer } from '../../../driver/prometheus/metrics-server.js'
import { StreamMetrics } from '../../../driver/prometheus/stream-metrics.js'
import { readExposition, sampleOf } from '../../support/prometheus.js'

const family = (samples: MetricFamily['samples'], help = 'Help.'): MetricFamily => ({
  ...{ name: 'some_metric', type: 'gauge', help, samples },
})

test('names, labels and numbers of every kind are written so that they can be read again', (t) => {
  const odd = 'C:\\folder "quoted"\nnext line, {x}=ü'
  const text = exposition([
    family(
      [
        { value: 1.5 },
        { labels: { a: odd, b: '' }, value: Number.NaN },
        { labels: { a: '1' }, value: Number.POSITIVE_INFINITY },
        { labels: { a: '2' }, value: Number.NEGATIVE_INFINITY },
        { labels: { a: '3' }, value: 1e300 },
        { labels: { a: '4' }, value: -1e-9 },
      ],
      'Backslash \\ and\nline.',
    ),
    { ...family([]), name: 'empty' },
  ])
  const read = readExposition(text)
  t.deepEqual([...read.keys()], ['some_metric'])
  const { help, samples } = read.get('some_metric')!
  t.is(help, 'Backslash \\\\ and\\nline.')
  t.deepEqual(
    [...samples.values()],
    [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -1e-9],
  )
  t.is([...samples.keys()][1], 'a="C:\\\\folder \\"quoted\\"\\nnext line, {x}=ü",b=""')
})

test('metrics are served at their path alone, to be read alone, and a port that is taken is told by one condition', async (t) => {
  const server = await MetricsServer.listen('127.0.0.1', 0, () => [family([{ value: 7 }])])
  try {
    const { port, origin } = new URL(server.url)
    const answer = await fetch(server.url)
    t.is(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    t.is(sampleOf(readExposition(await answer.text()), 'some_metric'), 7)
    const head = await fetch(`${server.url}?x=1`, { method: 'HEAD' })
    t.deepEqual([head.status, await head.text()], [200, ''])
    t.is((await fetch(`${origin}/other`)).status, 404)
    const posted = await fetch(server.url, { method: 'POST', body: 'x' })
    t.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD'])
    const error = await t.throwsAsync(MetricsServer.listen('127.0.0.1', Number(port), () => []))
    t.is(
      error!.message,
      `[CANNOT_LISTEN] Cannot listen on 127.0.0.1:${port}: another program has this port; set metrics.port. SQLSTATE: 08001`,
    )
  } finally {
    await server.close()
  }
  await t.throwsAsync(fetch(server.url))
})

test('an address that this machine does not have is told by the same condition', async (t) => {
  await t.throwsAsync(
    MetricsServer.listen('203.0.113.1', 0, () => []),
    { message: /^\[CANNOT_LISTEN\].*203\.0\.113\.1:0/ },
  )
})

test('closing does not wait for who keeps a connection', async (t) => {
  const server = await MetricsServer.listen('127.0.0.1', 0, () => [])
  await (await fetch(server.url, { headers: { connection: 'keep-alive' } })).text()
  await server.close()
  t.pass()
})

const REPORT = { rowsRead: 5, rowsWritten: 2, bytesWritten: 30, spilledBytes: 4, elapsedMs: 1 }
const TASK = { attemptId: 1, jobId: 1, stageKey: 0, partition: 0, attempt: 0, executorId: 'one', isCopy: false }
const FAILURE = { condition: 'EXECUTOR_LOST', message: 'gone' }
const MEMORY = { limitBytes: 100, heldBytes: 60, storedBytes: 20, residentBytes: 500 }

test('the driver counts tasks, jobs and executors, and what an executor held is gone with it', (t) => {
  const metrics = new DriverMetrics()
  const tell = (event: Parameters<EventBus['emit']>[0]): void => bus.emit(event)
  const bus = new EventBus(createLogger('test', 'silent'))
  bus.add(metrics)
  tell({ kind: 'executorMetrics', timeMs: 0, executorId: 'one', memory: MEMORY })
  metrics.watch('here', () => ({ ...MEMORY, heldBytes: 61 }))
  tell({ kind: 'taskStart', timeMs: 0, ...TASK })
  tell({ kind: 'taskStart', timeMs: 0, ...TASK, isCopy: true })
  tell({ kind: 'taskRetried', timeMs: 0, ...TASK, failure: FAILURE })
  tell({ kind: 'taskEnd', timeMs: 0, ...TASK, outcome: 'failed', failure: FAILURE })
  tell({ kind: 'taskEnd', timeMs: 0, ...TASK, outcome: 'succeeded', counts: REPORT })
  tell({ kind: 'jobEnd', timeMs: 0, jobId: 1 })
  tell({ kind: 'jobEnd', timeMs: 0, jobId: 2, failure: FAILURE })
  const executors = ['one', 'here'].map((executorId) => {
    return { executorId, slots: 2, running: 1, lastSeenMs: 0, idleSinceMs: undefined, isLeaving: false }
  })
  const read = () => readExposition(exposition(metrics.families(executors)))
  const before = read()
  t.is(sampleOf(before, 'millrace_executors'), 2)
  t.is(sampleOf(before, 'millrace_executor_memory_bytes', 'executor="one"', 'kind="held"'), 60)
  t.is(sampleOf(before, 'millrace_executor_memory_bytes', 'executor="here"', 'kind="held"'), 61)
  t.is(sampleOf(before, 'millrace_executor_running_tasks', 'executor="one"'), 1)
  t.is(sampleOf(before, 'millrace_tasks_launched_total'), 2)
  t.is(sampleOf(before, 'millrace_tasks_copied_total'), 1)
  t.is(sampleOf(before, 'millrace_tasks_succeeded_total'), 1)
  t.is(sampleOf(before, 'millrace_tasks_retried_total'), 1)
  t.is(sampleOf(before, 'millrace_jobs_succeeded_total'), 1)
  t.is(sampleOf(before, 'millrace_jobs_failed_total'), 1)
  t.is(sampleOf(before, 'millrace_written_bytes_total'), 30)
  t.is(sampleOf(before, 'millrace_rows_read_total'), 5)
  t.is(sampleOf(before, 'millrace_spilled_bytes_total'), 4)
  t.is(before.get('millrace_jobs_succeeded_total')!.type, 'counter')
  tell({ kind: 'executorRemoved', timeMs: 0, executorId: 'one', reason: 'gone', isDecommissioned: false })
  const after = read()
  t.is(sampleOf(after, 'millrace_executors_lost_total'), 1)
  t.throws(() => sampleOf(after, 'millrace_executor_memory_bytes', 'executor="one"', 'kind="held"'))
})

test('a stream adds up over its batches, and its series end with it', (t) => {
  const metrics = new StreamMetrics()
  const read = () => readExposition(exposition(metrics.families()))
  const ids = { id: 'i', runId: 'r' }
  const bus = new EventBus(createLogger('test', 'silent'))
  bus.add(metrics)
  const streams = streamHappenings(bus)
  streams.onQueryStarted({ ...ids, name: 'my "query"', timestamp: '' })
  const rates = { inputRowsPerSecond: 3, processedRowsPerSecond: 4 }
  const operator = {
    ...{ operatorName: 'dedupe', numRowsTotal: 9, numRowsUpdated: 1, numRowsRemoved: 0, memoryUsedBytes: 800 },
    ...{
      allUpdatesTimeMs: 0,
      allRemovalsTimeMs: 0,
      commitTimeMs: 0,
      numShufflePartitions: 2,
      numStateStoreInstances: 2,
    },
    numRowsDroppedByWatermark: 2,
  }
  const behind = { totalOffsetsBehindLatest: '70', maxOffsetsBehindLatest: '40' }
  const offsets = { startOffset: 0, endOffset: 1, latestOffset: 2 }
  const progress = {
    ...{ ...ids, name: 'my "query"', timestamp: '', batchId: 6, batchDuration: 250, numInputRows: 10, ...rates },
    durationMs: { addBatch: 200 },
    eventTime: { watermark: '1970-01-01T00:00:09.500Z' },
    stateOperators: [operator, operator],
    sources: [{ description: 'k', numInputRows: 10, ...rates, ...offsets, metrics: behind }],
    sink: { description: 's', numOutputRows: -1 },
  }
  streams.onQueryProgress({ progress })
  streams.onQueryProgress({ progress: { ...progress, sink: { description: 's', numOutputRows: 5 } } })
  streams.onQueryProgress({ progress: { ...progress, exception: 'failed' } })
  const running = read()
  const query = String.raw`query="my \"query\""`
  t.is(sampleOf(running, 'millrace_streams'), 1)
  t.is(sampleOf(running, 'millrace_stream_batches_total', query, 'id="i"'), 2)
  t.is(sampleOf(running, 'millrace_stream_input_rows_total'), 20)
  t.is(sampleOf(running, 'millrace_stream_output_rows_total'), 5)
  t.is(sampleOf(running, 'millrace_stream_phase_seconds_total', 'phase="addBatch"'), 0.4)
  t.is(sampleOf(running, 'millrace_stream_late_rows_total', 'operator="1-dedupe"'), 4)
  t.is(sampleOf(running, 'millrace_stream_lag_records'), 70)
  t.is(sampleOf(running, 'millrace_stream_lag_records_max'), 40)
  t.is(sampleOf(running, 'millrace_stream_watermark_timestamp_seconds'), 9.5)
  t.is(sampleOf(running, 'millrace_stream_state_bytes', 'operator="0-dedupe"'), 800)
  streams.onQueryTerminated({ ...ids, exception: 'failed' })
  const ended = read()
  t.is(sampleOf(ended, 'millrace_streams'), 0)
  t.is(sampleOf(ended, 'millrace_streams_terminated_total', 'outcome="failed"'), 1)
  t.false(ended.has('millrace_stream_batches_total'))
})
