// Runs what a first program of a user may run, and has each thread write what V8 made of the code meanwhile: functions that ran are in it, others are not.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as api from '../../dist/bundle/api/index.js'
import { startBroker } from '../../dist/connectors/kafka/broker/broker.js'
import { within } from './bounded.mjs'
import { runStream } from './stream.mjs'

const folder = mkdtempSync(join(tmpdir(), 'millrace-'))
try {
  // One thread besides this one: of each script there is one cache.
  const session = await api.Session.builder()
    .master('local[1]')
    .config('warehouse.dir', join(folder, 'warehouse'))
    .getOrCreate()
  const events =
    session.sql(`select id, id % 7 as kind, cast(id as double) / 3 as amount, concat('user ', id % 20) as user,
    timestamp'2024-01-01 00:00:00' + make_dt_interval(0, 0, cast(id as int)) as at from range(1000)`)
  for (const format of ['parquet', 'csv', 'json']) await events.write.format(format).save(join(folder, format))
  session.read.parquet(join(folder, 'parquet')).createOrReplaceTempView('events')
  await session
    .sql(`select e.kind, count(*) as n, sum(e.amount), max(e.user) from events e join (select kind from events group by kind having count(*) > 1) k
    on e.kind = k.kind where e.amount > 10 and e.user like 'user 1%' group by e.kind order by n desc limit 5`)
    .collect()
  await session.read
    .json(join(folder, 'json'))
    .groupBy('kind')
    .agg(api.functions.avg('amount'))
    .orderBy('kind')
    .showString()
  await session.read.option('header', true).option('inferSchema', true).csv(join(folder, 'csv')).count()
  await runStream(api, session, startBroker, folder)
  await within(written(2), 'to have each thread write the code of its scripts')
  await session.stop()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Has this many threads write. */
async function written(threads) {
  const channel = new BroadcastChannel('code caches')
  let left = threads
  const all = new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      if (data === 'written' && --left === 0) resolve()
    }
  })
  channel.postMessage('write')
  await all
  channel.close()
}
