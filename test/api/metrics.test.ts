import test from 'ava'
import { Session } from '../../api/index.js'
import { until } from '../support/fake-cluster.js'
import { readExposition, sampleOf } from '../support/prometheus.js'
import { withSession } from '../support/sessions.js'
import { withStreamPlace } from '../support/streams.js'

const metricsOf = async (session: Session) => readExposition(await (await fetch(session.metricsUrl!)).text())

test('a session serves metrics of its streams, tasks and memory where it is told to, and nowhere else', async (t) => {
  await withStreamPlace((place) =>
    withSession(
      'local[2]',
      async (session) => {
        await place.send('events', ['1', '2', '3'])
        const query = await place
          .read(session, 'events')
          .groupBy('value')
          .count()
          .writeStream.format('memory')
          .queryName('counts')
          .outputMode('complete')
          .start()
        await query.processAllAvailable()
        const metrics = await metricsOf(session)
        t.is(sampleOf(metrics, 'millrace_streams'), 1)
        t.is(sampleOf(metrics, 'millrace_stream_input_rows_total', 'query="counts"', `id="${query.id}"`), 3)
        t.is(sampleOf(metrics, 'millrace_stream_state_rows', 'query="counts"'), 3)
        t.is(sampleOf(metrics, 'millrace_stream_lag_records'), 0)
        t.is(sampleOf(metrics, 'millrace_executor_slots', 'executor="local"'), 2)
        t.true(sampleOf(metrics, 'millrace_executor_memory_bytes', 'kind="held"') > 0)
        t.true(sampleOf(metrics, 'millrace_tasks_succeeded_total') > 0)
        t.true(sampleOf(metrics, 'process_resident_memory_bytes') > 0)
        t.deepEqual(session.streams.listListeners(), [])
        const taken = Session.builder().master('local[1]').config('metrics.port', new URL(session.metricsUrl!).port)
        await t.throwsAsync(taken.create(), { message: /^\[CANNOT_LISTEN\].*another program has this port/ })
        await query.stop()
        t.is(sampleOf(await metricsOf(session), 'millrace_streams_terminated_total', 'outcome="stopped"'), 1)
      },
      { 'metrics.port': 0 },
    ),
  )
  await withSession('local[1]', async (session) => t.is(session.metricsUrl, undefined))
})

test('executors of other processes tell of their memory', (t) =>
  withSession(
    'local-cluster[1,1,256]',
    async (session) => {
      await session.range(10).count()
      await until(async () => (await metricsOf(session)).has('millrace_executor_memory_bytes'))
      const metrics = await metricsOf(session)
      t.is(sampleOf(metrics, 'millrace_executor_memory_bytes', 'kind="limit"'), 256 * 1024 ** 2)
      t.true(sampleOf(metrics, 'millrace_executor_memory_bytes', 'kind="resident"') > 10 * 1024 ** 2)
    },
    { 'metrics.port': 0, 'executor.heartbeatInterval': '50ms' },
  ))
