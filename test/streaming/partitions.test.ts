import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import type { DataFrame, Session, StreamingQuery } from '../../api/index.js'
import { committedFiles } from '../../connectors/files/commit/commit-log-reader.js'
import { type Kill, killedUntilDone } from '../support/killed-program.js'
import { withSession } from '../support/sessions.js'
import { rowsOf, runAll } from '../support/warehouses.js'

async function inFolder(body: (folder: string, session: Session) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-stream-partitions-'))
  try {
    await withSession('local[2]', (session) => body(folder, session), { 'warehouse.dir': join(folder, 'warehouse') })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const SCHEMA = 'id int, day string, hour int'

/** Lines of rows, of each day and hour some. */
const lines = (from: number, until: number): string =>
  Array.from({ length: until - from }, (_, i) => from + i)
    .map((id) => JSON.stringify({ id, day: id % 7 === 0 ? null : `a b/${id % 3}`, hour: id % 2 }))
    .join('\n')

const ended = async (starting: Promise<StreamingQuery>): Promise<void> =>
  void (await (await starting).awaitTermination())

const idsOf = async (frame: DataFrame): Promise<readonly number[]> =>
  (await frame.select('id').collect()).map((row) => Number(row['id'])).toSorted((a, b) => a - b)

const numbers = (until: number): readonly number[] => Array.from({ length: until }, (_, id) => id)

for (const format of ['parquet', 'json', 'csv', 'avro', 'arrow'] as const)
  test(`a stream divides its rows into folders, which batches and streams read: ${format}`, (t) =>
    inFolder(async (folder, session) => {
      const [input, out] = [join(folder, 'in'), join(folder, 'out')]
      const write = () =>
        session.readStream
          .schema(SCHEMA)
          .json(input)
          .writeStream.partitionBy('day', 'hour')
          .format(format)
          .option('checkpointLocation', join(folder, 'checkpoint'))
          .trigger({ availableNow: true })
          .start(out)
      await session.range(0).selectExpr('cast(id as string) as value').write.mode('overwrite').text(input)
      writeFileSync(join(input, 'a.json'), lines(0, 40))
      await ended(write())
      const read = (path = out) => session.read.schema('id int, day string, hour int').format(format).load(path)
      t.deepEqual(await idsOf(read()), numbers(40))
      const expected = session.read.schema(SCHEMA).json(input).groupBy('day', 'hour').count().orderBy('day', 'hour')
      t.deepEqual(
        await read().groupBy('day', 'hour').count().orderBy('day', 'hour').collect(),
        await expected.collect(),
      )
      writeFileSync(join(input, 'b.json'), lines(40, 90))
      await ended(write())
      t.deepEqual(await idsOf(read()), numbers(90))
      t.deepEqual(
        await idsOf(read().where('hour = 1')),
        numbers(90).filter((id) => id % 2 === 1),
      )
      const streamed: number[] = []
      const again = session.readStream
        .schema('id int, day string, hour int')
        .format(format)
        .load(out)
        .writeStream.foreachBatch(async (batch) => void streamed.push(...(await idsOf(batch))))
        .trigger({ availableNow: true })
        .start()
      await ended(again)
      t.deepEqual(
        streamed.toSorted((a, b) => a - b),
        numbers(90),
      )
    }))

test('of folders that a stream writes only what it committed is seen, one by one and file by file, too', (t) =>
  inFolder(async (folder, session) => {
    const [input, out] = [join(folder, 'in'), join(folder, 'out')]
    await session.sql('select 1 id, 5 p').write.json(input)
    const write = () =>
      session.readStream
        .schema('id int, p int')
        .json(input)
        .writeStream.partitionBy('p')
        .format('parquet')
        .option('checkpointLocation', join(folder, 'checkpoint'))
        .trigger({ availableNow: true })
        .start(out)
    await ended(write())
    const [name] = readdirSync(join(out, 'p=5'))
    // As an attempt leaves them that was killed before its commit.
    const left = name!.replace(/-0-([0-9a-f]{8})/, '-0-00000000')
    t.not(left, name)
    renameSync(join(out, 'p=5', name!), join(folder, 'kept'))
    writeFileSync(join(out, 'p=5', left), 'no Parquet')
    renameSync(join(folder, 'kept'), join(out, 'p=5', name!))
    t.deepEqual(await idsOf(session.read.parquet(out)), [1])
    t.deepEqual(await idsOf(session.read.parquet(join(out, 'p=5'))), [1])
    await t.throwsAsync(session.read.parquet(join(out, 'p=5', left)).collect(), { message: /has not committed it/ })
    await session.sql('select 2 id, 6 p').write.mode('append').json(input)
    // The next start of the query removes it.
    await session.stop()
    await withSession('local[1]', async (other) => {
      const query = other.readStream.schema('id int, p int').json(input).writeStream
      await ended(
        query
          .partitionBy('p')
          .format('parquet')
          .option('checkpointLocation', join(folder, 'checkpoint'))
          .trigger({ availableNow: true })
          .start(out),
      )
      t.deepEqual(await idsOf(other.read.parquet(out)), [1, 2])
    })
    t.true(existsSync(join(out, 'p=5', name!)))
  }))

const CHILD = fileURLToPath(new URL('../support/file-stream-child.js', import.meta.url))
const FILES = 3

/** Each start goes some file operations further than the one before it. */
const eachStep =
  (below: string) =>
  (run: number): Kill => ({ step: `main:${7 * run + 1}${run % 2 === 0 ? '' : '+'}`, below })

test('a stream into folders that is killed again and again has every row there exactly once, and leaves nothing', (t) =>
  inFolder(async (folder, session) => {
    const [input, out] = [join(folder, 'in'), join(folder, 'out', 'rows')]
    mkdirSync(input)
    for (let file = 0; file < FILES; file++) {
      const rows = Array.from({ length: 20 }, (_, i) => JSON.stringify({ id: 20 * file + i, name: `n${i % 3}` }))
      writeFileSync(join(input, `${file}.json`), rows.join('\n'))
    }
    const args = [input, out, join(folder, 'out', 'checkpoint'), '', 'name']
    t.true((await killedUntilDone(args, eachStep(join(folder, 'out', '')), CHILD)) >= 3)
    t.deepEqual(await idsOf(session.read.parquet(out)), numbers(20 * FILES))
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('part-'))
    t.is(files.length, (await committedFiles(out))!.length)
    t.deepEqual(
      readdirSync(out).filter((name) => !name.startsWith('name=')),
      ['_millrace_metadata'],
    )
  }))

test('a stream makes a partitioned table and goes on to fill it, and another stream reads all of its partitions', (t) =>
  inFolder(async (folder, session) => {
    const input = join(folder, 'in')
    await session.sql('select 1 id, "x" p, 1.5 v').write.json(input)
    const write = () =>
      session.readStream
        .schema('id int, p string, v double')
        .json(input)
        .writeStream.partitionBy('p')
        .option('checkpointLocation', join(folder, 'write'))
        .trigger({ availableNow: true })
        .toTable('events')
    await ended(write())
    const read: number[] = []
    const copy = () =>
      session.readStream
        .table('events')
        .writeStream.foreachBatch(async (batch) => void read.push(...(await idsOf(batch))))
        .option('checkpointLocation', join(folder, 'read'))
        .trigger({ availableNow: true })
        .start()
    await ended(copy())
    writeFileSync(join(input, 'more.json'), '{"id":2,"p":"y","v":2}\n{"id":3,"p":"x","v":3}\n')
    await ended(write())
    await ended(copy())
    t.deepEqual(read, [1, 2, 3])
    t.deepEqual(await rowsOf(session, 'show partitions events'), [['p=x'], ['p=y']])
    t.deepEqual(await rowsOf(session, 'select * from events order by id'), [
      [1, 1.5, 'x'],
      [2, 2, 'y'],
      [3, 3, 'x'],
    ])
    t.deepEqual(await rowsOf(session, "select id from events where p = 'y'"), [[2]])
  }))

test('a stream of a partitioned table without rows reads the partitions that INSERT makes', (t) =>
  inFolder(async (_, session) => {
    await runAll(session, 'create table t (id int, p int) using csv partitioned by (p)')
    const read: unknown[] = []
    const query = await session.readStream
      .table('t')
      .writeStream.foreachBatch(async (batch) => void read.push(...(await batch.orderBy('id').collect())))
      .start()
    await query.processAllAvailable()
    for (const values of ['(1, 10), (2, 20)', '(3, 30)']) {
      await runAll(session, `insert into t values ${values}`)
      await query.processAllAvailable()
    }
    await query.stop()
    t.deepEqual(read, [
      { id: 1, p: 10 },
      { id: 2, p: 20 },
      { id: 3, p: 30 },
    ])
  }))

test('a stream that is joined with a table of the catalog sees the partitions that come, and misses those that are dropped', (t) =>
  inFolder(async (folder, session) => {
    const input = join(folder, 'in')
    await session.sql('select 0 k where false').write.mode('overwrite').json(input)
    await runAll(
      session,
      'create table names (k int, name string, p int) partitioned by (p)',
      "insert into names values (1, 'a', 1)",
    )
    const rows: string[] = []
    const query = await session.readStream
      .schema('k int')
      .json(input)
      .toDF()
      .join(session.table('names').toDF(), 'k', 'left')
      .selectExpr('concat_ws(" ", k, name) as t')
      .writeStream.foreachBatch(
        async (batch) => void rows.push(...(await batch.collect()).map(({ t: text }) => String(text))),
      )
      .start()
    let sent = 0
    const next = async (): Promise<readonly string[]> => {
      writeFileSync(join(input, `${sent++}.json`), '{"k":1}\n{"k":2}\n')
      await query.processAllAvailable()
      return rows.splice(0).toSorted()
    }
    t.deepEqual(await next(), ['1 a', '2'])
    await runAll(session, "insert into names values (2, 'b', 2)")
    t.deepEqual(await next(), ['1 a', '2 b'])
    await runAll(session, 'alter table names drop partition (p = 1)')
    t.deepEqual(await next(), ['1', '2 b'])
    await runAll(session, 'drop table names')
    await t.throwsAsync(next, { message: /TABLE_OR_VIEW_NOT_FOUND.*names/ })
  }))
