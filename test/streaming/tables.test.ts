import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { DataFrame, Session, StreamingQuery } from '../../api/index.js'
import { raised, refusal } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

async function inFolder(body: (folder: string, session: Session) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-stream-tables-'))
  try {
    await withSession('local[2]', (session) => body(folder, session), {
      'warehouse.dir': join(folder, 'warehouse'),
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const ids = async (frame: DataFrame): Promise<readonly number[]> =>
  (await frame.select('id').collect()).map((row) => Number(row['id'])).toSorted((a, b) => a - b)

const written = async (starting: Promise<StreamingQuery>): Promise<void> => {
  await (await starting).awaitTermination()
}

test('a stream makes a table of the catalog and goes on to fill it, and another stream reads it', (t) =>
  inFolder(async (folder, session) => {
    const input = join(folder, 'in')
    const rows = session.readStream.schema('id int, name string')
    await session.sql("select 1 as id, 'a' as name").write.json(input)
    const write = (format?: string) => {
      const writer = rows.json(input).writeStream.trigger({ availableNow: true })
      const located = writer.option('checkpointLocation', join(folder, 'write'))
      return (format === undefined ? located : located.format(format)).toTable('events')
    }
    await written(write())
    t.deepEqual(await ids(session.table('events')), [1])
    t.is((await session.catalog.getTable('events')).isTemporary, false)
    await writeFile(join(input, 'more.json'), '{"id":2,"name":"b"}\n{"id":3}\n')
    await written(write('parquet'))
    t.deepEqual(await ids(session.sql('select * from events where id > 0')), [1, 2, 3])

    const read: number[][] = []
    const copy = () =>
      session.readStream
        .table('events')
        .writeStream.foreachBatch(async (batch) => void read.push([...(await ids(batch))]))
        .option('checkpointLocation', join(folder, 'read'))
        .trigger({ availableNow: true })
        .start()
    await written(copy())
    t.deepEqual(read.flat().toSorted(), [1, 2, 3])
    await writeFile(join(input, 'last.json'), '{"id":4}\n')
    await written(write())
    await written(copy())
    t.deepEqual(read.at(-1), [4])
    // Only the batches of streams can be seen in its folder.
    await raised(t, session.sql("insert into events values (9, 'x')").collect(), 'SINK_OWNED_BY_ANOTHER_QUERY')
    t.deepEqual(await ids(session.table('events')), [1, 2, 3, 4])
  }))

test('rows that INSERT wrote into a table are a stream, in the format of the table', (t) =>
  inFolder(async (_, session) => {
    await session.sql('create table t (id int, s string) using csv').collect()
    await session.sql("insert into t values (1, 'x'), (2, null)").collect()
    const rows: unknown[] = []
    const start = session.readStream
      .table('t')
      .writeStream.foreachBatch(async (batch) => void rows.push(...(await batch.collect())))
      .trigger({ availableNow: true })
      .start()
    await written(start)
    t.deepEqual(rows, [
      { id: 1, s: 'x' },
      { id: 2, s: null },
    ])
  }))

test('what cannot be streamed into or out of is refused by name', (t) =>
  inFolder(async (folder, session) => {
    await session.sql('create table plain (id int)').collect()
    await session.sql('create view v as select 1 as id').collect()
    const input = join(folder, 'in')
    await session.sql('select 1 as id').write.json(input)
    const conditionOf = (act: () => unknown): Promise<string> => refusal(t, act)
    const writer = (schema: string) => {
      const { writeStream } = session.readStream.schema(schema).json(input).toDF()
      return writeStream.option('checkpointLocation', join(folder, 'c')).trigger({ availableNow: true })
    }
    const ofIds = writer('id int')
    t.regex(await conditionOf(() => session.readStream.table('nowhere')), /TABLE_OR_VIEW_NOT_FOUND/)
    t.regex(await conditionOf(() => session.readStream.table('v')), /UNSUPPORTED_FEATURE.*views/)
    t.regex(await conditionOf(() => ofIds.toTable('plain')), /UNSUPPORTED_FEATURE.*not of streams/)
    t.regex(await conditionOf(() => ofIds.toTable('v')), /EXPECT_TABLE_NOT_VIEW/)
    t.regex(await conditionOf(() => ofIds.toTable('nix.t')), /SCHEMA_NOT_FOUND/)
    await written(ofIds.toTable('made'))
    t.regex(await conditionOf(() => ofIds.format('csv').toTable('made')), /UNSUPPORTED_FEATURE.*format csv/)
    t.regex(await conditionOf(() => writer('name string').toTable('made')), /UNSUPPORTED_FEATURE.*other columns/)
    t.regex(await conditionOf(() => writer('id bigint').toTable('made')), /UNSUPPORTED_FEATURE.*other columns/)
    t.regex(await conditionOf(() => ofIds.partitionBy('id').toTable('made')), /_LEGACY_ERROR_TEMP_1163/)
    t.regex(
      await conditionOf(() => ofIds.partitionBy('id').format('parquet').start(join(folder, 'x'))),
      /ALL_PARTITION_COLUMNS_NOT_ALLOWED/,
    )
    t.regex(
      await conditionOf(() => ofIds.partitionBy('nix').format('parquet').start(join(folder, 'x'))),
      /_LEGACY_ERROR_TEMP_1155/,
    )
    const named = writer('id int, name string').partitionBy('name')
    await written(named.option('checkpointLocation', join(folder, 'named')).toTable('divided'))
    const numbered = writer('id int, name int').partitionBy('name')
    t.regex(await conditionOf(() => numbered.toTable('divided')), /UNSUPPORTED_FEATURE.*other columns/)
    t.regex(await conditionOf(() => named.format('console').start()), /UNSUPPORTED_FEATURE.*partitionBy.*console/)
  }))
