import { join } from 'node:path'
import test from 'ava'
import { col, functions as F } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { withStreamPlace } from '../support/streams.js'

test('few records of several partitions are read by one task, unless the user wants more or has code of their own run', (t) =>
  withStreamPlace(async (place) => {
    await place.send('events', ['a', 'b', 'c', 'd'])
    await withSession('local[2]', async (session) => {
      const same = F.udf((value: string) => value, 'string')
      let tasks = 0
      session.addListener({ onTaskStart: () => void tasks++ })
      const tasksOf = async (options: Readonly<Record<string, string>>, runsCode = false): Promise<number> => {
        tasks = 0
        const value = col('value').cast('string')
        const query = await place
          .read(session, 'events', options)
          .select((runsCode ? same(value) : value).as('value'))
          .writeStream.format('memory')
          .queryName('told')
          .trigger({ availableNow: true })
          .start()
        await query.awaitTermination()
        const began = tasks
        t.deepEqual((await session.table('told').collect()).map((row) => row['value']).toSorted(), ['a', 'b', 'c', 'd'])
        return began
      }
      t.is(await tasksOf({}), 1)
      t.is(await tasksOf({ minPartitions: '2' }), 2)
      t.is(await tasksOf({ maxRecordsPerPartition: '2' }), 2)
      t.is(await tasksOf({}, true), 2)
    })
  }))

test('small batches, each written by one task, do not all go to the same partition', (t) =>
  withStreamPlace(async (place) => {
    const values = ['a', 'b', 'c', 'd', 'e', 'f']
    await place.send('events', values)
    await place.send('copies', [null])
    await withSession('local[2]', async (session) => {
      const query = await place
        .read(session, 'events', { maxOffsetsPerTrigger: '2' })
        .select('value')
        .writeStream.format('kafka')
        .options({ 'kafka.bootstrap.servers': place.servers, topic: 'copies' })
        .option('checkpointLocation', join(place.directory, 'checkpoint'))
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
      const copies = await session.read
        .format('kafka')
        .options({ 'kafka.bootstrap.servers': place.servers, subscribe: 'copies' })
        .load()
        .filter(col('value').isNotNull())
        .select(col('value').cast('string').as('value'), 'partition')
        .collect()
      t.deepEqual(copies.map(({ value }) => value).toSorted(), values)
      t.deepEqual(new Set(copies.map(({ partition }) => partition)), new Set([0, 1]))
    })
  }))
