import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

type Format = 'parquet' | 'json' | 'csv'

const inPlace = (body: (place: StreamPlace, session: Session) => Promise<void>) =>
  withStreamPlace(async (place) => {
    await place.send('events', [null])
    await withSession('local[2]', (session) => body(place, session), { 'shuffle.partitions': 3 })
  })

const optionsOf = (format: Format): Record<string, string> => (format === 'csv' ? { header: 'true' } : {})

async function put(session: Session, format: Format, path: string, rows: readonly AnyRow[]): Promise<void> {
  await session
    .createDataFrame([...rows])
    .coalesce(1)
    .write.mode('append')
    .options(optionsOf(format))
    .format(format)
    .save(path)
}

/** A stream of keys joined with a table of files; `next` sends keys and gives what came of them. */
async function joined(place: StreamPlace, session: Session, table: DataFrame<AnyRow>) {
  const keys = place.read(session, 'events').select(col('value').cast('string').as('k')).filter('k is not null')
  const rows: string[] = []
  const told = keys
    .toDF()
    .join(table, 'k', 'left')
    .select(F.concatWs(' ', 'k', 'name').as('row'))
    .toDF()
  const query = await told.writeStream
    .foreachBatch(async (batch) => {
      for (const { row } of await batch.collect()) rows.push(String(row))
    })
    .option('checkpointLocation', join(place.directory, `checkpoint-${crypto.randomUUID()}`))
    .start()
  const next = async (...sent: string[]): Promise<readonly string[]> => {
    await place.send('events', sent)
    await query.processAllAvailable()
    return rows.splice(0).toSorted()
  }
  return { query, next }
}

for (const format of ['parquet', 'json', 'csv'] as const)
  test(`a stream sees the files of a table that came since it started, and misses those that went: ${format}`, (t) =>
    inPlace(async (place, session) => {
      const path = join(place.directory, 'names')
      await put(session, format, path, [{ k: 'a', name: 'Anna' }])
      const table = session.read.options(optionsOf(format)).format(format).load(path).toDF() as DataFrame<AnyRow>
      const { query, next } = await joined(place, session, table)
      t.deepEqual(await next('a', 'b'), ['a Anna', 'b'])
      await put(session, format, path, [{ k: 'b', name: 'Bert' }])
      t.deepEqual(await next('a', 'b'), ['a Anna', 'b Bert'])
      await rm(path, { recursive: true })
      await put(session, format, path, [{ k: 'c', name: 'Cleo' }])
      t.deepEqual(await next('a', 'c'), ['a', 'c Cleo'])
      await query.stop()
    }))

test('a folder of another partition is seen with the values that it is named after', (t) =>
  inPlace(async (place, session) => {
    const path = join(place.directory, 'names')
    await put(session, 'parquet', join(path, 'year=2024'), [{ k: 'a', name: 'Anna' }])
    const table = session.read
      .parquet(path)
      .filter('year > 2023')
      .select('k', F.concatWs(' ', 'name', 'year').as('name'))
    const { query, next } = await joined(place, session, table.toDF() as DataFrame<AnyRow>)
    t.deepEqual(await next('a', 'b'), ['a Anna 2024', 'b'])
    await put(session, 'parquet', join(path, 'year=2025'), [{ k: 'b', name: 'Bert' }])
    await put(session, 'parquet', join(path, 'year=2001'), [{ k: 'b', name: 'Bo' }])
    t.deepEqual(await next('a', 'b'), ['a Anna 2024', 'b Bert 2025'])
    await query.stop()
  }))

test('a table whose folder is gone ends the stream by name', (t) =>
  inPlace(async (place, session) => {
    const path = join(place.directory, 'names')
    await put(session, 'parquet', path, [{ k: 'a', name: 'Anna' }])
    const { query, next } = await joined(place, session, session.read.parquet(path).toDF() as DataFrame<AnyRow>)
    t.deepEqual(await next('a'), ['a Anna'])
    await rm(path, { recursive: true })
    await t.throwsAsync(() => next('a'), { message: /PATH_NOT_FOUND.*names/ })
    await mkdir(path)
    await query.stop()
  }))
