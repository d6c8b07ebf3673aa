import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

const XML = '<allocations><pool name="nightly"><weight>3</weight><minShare>1</minShare></pool></allocations>'

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-pools-'))
  try {
    await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('queries, writes and streams are in the pool that the session was set to when they began', (t) =>
  inFolder(async (folder) => {
    const file = join(folder, 'pools.xml')
    writeFileSync(file, XML)
    await withSession(
      'local[2]',
      async (session) => {
        const pools: string[] = []
        session.addListener({ onJobStart: ({ pool }) => void pools.push(pool) })
        await session.range(3).collect()
        session.conf.set('spark.scheduler.pool', 'nightly')
        const first = session.range(3).count()
        await session.sql('set scheduler.pool = adhoc').collect()
        const second = session.range(3).write.parquet(join(folder, 'rows'))
        session.conf.unset('scheduler.pool')
        await Promise.all([first, second, session.range(3).collect()])
        // What SET tells is a query, too.
        t.deepEqual(pools.splice(0).toSorted(), ['adhoc', 'adhoc', 'default', 'default', 'nightly'])
        const other = session.newSession()
        other.conf.set('scheduler.pool', 'other')
        await other.range(1).collect()
        await session.range(1).collect()
        t.deepEqual(pools.splice(0), ['other', 'default'])

        session.conf.set('scheduler.pool', 'nightly')
        const rows = session.readStream.schema('id bigint').parquet(join(folder, 'rows'))
        const starting = rows.writeStream.format('memory').queryName('kept').trigger({ availableNow: true }).start()
        session.conf.unset('scheduler.pool')
        const query = await starting
        await query.awaitTermination()
        t.is(query.lastProgress?.pool, 'nightly')
        t.true(pools.length > 0 && pools.every((pool) => pool === 'nightly'))
        const unnamed = await rows.writeStream.format('memory').queryName('q').trigger({ availableNow: true }).start()
        await unnamed.awaitTermination()
        t.is(unnamed.lastProgress?.numInputRows, 3)
        t.false('pool' in unnamed.lastProgress!)
        t.deepEqual(session.getAllPools(), [
          ...[
            {
              name: 'nightly',
              schedulingMode: 'FIFO',
              weight: 3,
              minShare: 1,
              jobs: 0,
              runningTasks: 0,
              waitingTasks: 0,
            },
          ],
          ...[
            {
              name: 'default',
              schedulingMode: 'FAIR',
              weight: 1,
              minShare: 0,
              jobs: 0,
              runningTasks: 0,
              waitingTasks: 0,
            },
          ],
        ])
      },
      { 'spark.scheduler.allocation.file': file },
    )
  }))

test('a session whose file of pools is missing or wrong does not start, and says what is wrong', (t) =>
  inFolder(async (folder) => {
    const file = join(folder, 'pools.json')
    const start = () => Session.builder().master('local[1]').config('scheduler.allocation.file', file).create()
    await t.throwsAsync(start, { message: /INVALID_CONF_VALUE.*scheduler.allocation.file.*cannot be read/s })
    writeFileSync(file, '{ "p": { "weight": 0 } }')
    await t.throwsAsync(start, { message: /pools.json.*the weight of the pool p is 0/s })
    await t.throwsAsync(() => Session.builder().master('local[1]').config('spark.scheduler.mode', 'LIFO').create(), {
      message: /scheduler.mode.*must be one of FAIR, FIFO/s,
    })
  }))
