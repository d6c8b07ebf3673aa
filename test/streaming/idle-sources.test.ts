import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, type DataFrame, functions, type Session, type StreamingQuery } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

const inFolder = async (body: (folder: string, session: Session) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-idle-sources-'))
  try {
    await withSession('local[2]', (session) => body(folder, session))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A folder with files of rows, each as if it was written a second after the one before. */
async function folderOf(path: string, files: readonly (readonly string[])[]): Promise<string> {
  await mkdir(path)
  for (const [i, lines] of files.entries()) {
    await writeFile(join(path, `${i}`), lines.map((line) => `${line}\n`).join(''))
    await utimes(join(path, `${i}`), i, i)
  }
  return path
}

const eventsOf = (session: Session, path: string): DataFrame<AnyRow> =>
  session.readStream.format('csv').schema('t timestamp, k string').option('maxFilesPerTrigger', 1).load(path).toDF()

async function allOf(frame: DataFrame<AnyRow>): Promise<{ readonly rows: string[]; readonly query: StreamingQuery }> {
  const rows: string[] = []
  const query = await frame.writeStream
    .foreachBatch(async (batch) => {
      for (const row of await batch.collect()) rows.push(Object.values(row).map(String).join(' '))
    })
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  return { rows: rows.toSorted(), query }
}

test('a batch for the watermark alone reads no file again', (t) =>
  inFolder(async (folder, session) => {
    const input = await folderOf(join(folder, 'in'), [
      ['2024-01-01 00:00:01,a', '2024-01-01 00:00:31,a'],
      ['2024-01-01 00:00:03,c', '2024-01-01 00:02:01,a'],
    ])
    const counts = eventsOf(session, input)
      .withWatermark('t', '10 seconds')
      .groupBy(functions.window('t', '30 seconds'), 'k')
      .count()
      .select('k', 'count')
    const { rows, query } = await allOf(counts)
    t.deepEqual(rows, ['a 1', 'a 1', 'c 1'])
    t.deepEqual(
      query.recentProgress.map(({ numInputRows }) => numInputRows),
      [2, 2, 0],
    )
  }))

test('each row of a stream once is its first, and a stream explains itself before it is written', (t) =>
  inFolder(async (folder, session) => {
    const input = await folderOf(join(folder, 'in'), [
      ['2024-01-01 00:00:01,a', '2024-01-01 00:00:31,b'],
      ['2024-01-01 00:00:03,a', '2024-01-01 00:02:01,c'],
    ])
    const { rows } = await allOf(eventsOf(session, input).select('k').distinct())
    t.deepEqual(rows, ['a', 'b', 'c'])
    const explained = (frame: DataFrame<AnyRow>): Promise<string> => session.engine.explain(frame.plan, 'simple')
    const events = eventsOf(session, input)
    t.regex(await explained(events.groupBy('k').count().orderBy('k')), /Sort(.|\n)*StateStoreAggregate.*complete/)
    const windows = events.withWatermark('t', '1 second').groupBy(functions.window('t', '1 minute')).count()
    t.regex(await explained(windows), /StateStoreAggregate.*append/)
    const joined = events.alias('a').join(events.alias('b'), functions.expr('a.k = b.k')).groupBy('a.k').count()
    t.regex(await explained(joined), /StateStoreAggregate.*(update|complete)/)
    events.createOrReplaceTempView('events')
    const both = session.sql('select k from events union select k from events')
    t.deepEqual((await allOf(both)).rows, ['a', 'b', 'c'])
  }))

test('a source without news is not read again for the news of another', (t) =>
  inFolder(async (folder, session) => {
    const short = await folderOf(join(folder, 'short'), [['2024-01-01 00:00:01,a']])
    const long = await folderOf(
      join(folder, 'long'),
      ['b', 'c', 'd'].map((k) => [`2024-01-01 00:00:02,${k}`]),
    )
    const { rows } = await allOf(eventsOf(session, short).union(eventsOf(session, long)).select('k'))
    t.deepEqual(rows, ['a', 'b', 'c', 'd'])
  }))
