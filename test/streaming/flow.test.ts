import { join } from 'node:path'
import test from 'ava'
import { col, functions as F, lit } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { withStreamPlace } from '../support/streams.js'

const RECORDS = 60_000
const LENGTH = 1500

test('a backlog that is larger than the memory drains in one batch, into a sink and into a state', (t) =>
  withStreamPlace(async (place) => {
    const server = { 'kafka.bootstrap.servers': place.servers }
    await withSession('local[2]', async (session) => {
      const value = F.rpad(F.concat(col('id').cast('string'), lit(' ')), LENGTH, '0123456789')
      const rows = session.range(RECORDS).select(value.as('value'))
      await rows.write
        .format('kafka')
        .mode('append')
        .options({ ...server, topic: 'backlog' })
        .save()
    })
    const out = join(place.directory, 'out')
    await withSession(
      'local[2]',
      async (session) => {
        const backlog = place.read(session, 'backlog').select(col('value').cast('string').as('value'))
        const copied = await backlog.writeStream
          .format('parquet')
          .option('checkpointLocation', join(place.directory, 'copied'))
          .trigger({ availableNow: true })
          .start(out)
        await copied.awaitTermination()
        t.is(copied.recentProgress.length, 1)
        const counted = await backlog
          .groupBy(F.substring('value', 1, 2).as('begin'))
          .agg(F.count().as('n'), F.max('value').as('greatest'))
          .writeStream.format('memory')
          .queryName('counted')
          .outputMode('complete')
          .trigger({ availableNow: true })
          .start()
        await counted.awaitTermination()
        const [row] = await session.table('counted').agg(F.sum('n').as('n'), F.count().as('groups')).collect()
        t.deepEqual(row, { n: BigInt(RECORDS), groups: 100n })
      },
      { 'executor.memory': '40m' },
    )
    await withSession('local[2]', async (session) => {
      const ids = session.read.parquet(out).select(F.substringIndex('value', ' ', 1).cast('int').as('id'))
      const [row] = await ids.agg(F.countDistinct('id').as('ids'), F.count().as('rows')).collect()
      t.deepEqual(row, { ids: BigInt(RECORDS), rows: BigInt(RECORDS) })
    })
  }))
