import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { functions as F, lit, Observation, type Session } from '../../api/index.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

async function inSession(body: (folder: string, session: Session) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-observed-'))
  try {
    await withSession('local[2]', (session) => body(folder, session))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const METRICS = [F.count(lit(1)).as('rows'), F.sum('id').as('ids')] as const

test('the progress of a stream tells the metrics of each batch, also of one without rows and of groups that go on', (t) =>
  inSession(async (folder, session) => {
    await writeFile(join(folder, 'a.json'), '{"id":1,"k":"a"}\n{"id":2,"k":"b"}\n{"id":3,"k":"a"}\n')
    const query = await session.readStream
      .schema('id bigint, k string')
      .json(folder)
      .observe('read', ...METRICS)
      .groupBy('k')
      .agg(F.sum('id').as('sum'))
      .observe('groups', F.count(lit(1)).as('groups'), F.max('sum').as('most'))
      .writeStream.format('memory')
      .queryName('sums')
      .outputMode('complete')
      .start()
    await query.processAllAvailable()
    await writeFile(join(folder, 'b.json'), '{"id":40,"k":"c"}\n')
    await query.processAllAvailable()
    await query.stop()
    t.is(query.exception, undefined)
    t.deepEqual(
      query.recentProgress.map(({ observedMetrics }) => observedMetrics),
      [
        { read: { rows: 3n, ids: 6n }, groups: { groups: 2n, most: 4n } },
        { read: { rows: 1n, ids: 40n }, groups: { groups: 3n, most: 40n } },
      ],
    )
    t.like(JSON.parse(JSON.stringify(query.lastProgress)), { observedMetrics: { read: { rows: 1, ids: 40 } } })
  }))

test('a stream that is not observed tells no metrics, and an Observation of one is refused', (t) =>
  inSession(async (folder, session) => {
    await writeFile(join(folder, 'a.json'), '{"id":1}\n')
    const rows = session.readStream.schema('id bigint').json(folder)
    const query = await rows.writeStream
      .foreachBatch(() => undefined)
      .trigger({ availableNow: true })
      .start()
    await query.awaitTermination()
    t.false('observedMetrics' in query.lastProgress!)
    await raised(t, () => rows.observe(new Observation(), ...METRICS), 'INVALID_API_USE')
  }))
