import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { type AnyRow, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { postgresSink } from '../../connectors/postgres/sink/sink.js'
import { afterBatches, killedUntilDone } from '../support/killed-program.js'
import { asTexts, connectionString, NEEDS, newTable, withClient, withPostgres } from '../support/postgres.js'
import { refusal } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

const CHILD = fileURLToPath(new URL('../support/file-stream-child.js', import.meta.url))
const FILES = 12
const ROWS = 40

/** Of these tests, as what streams note stays. */
const SCHEMA = `streams_${process.pid}`

const STAGED = "select tablename from pg_tables where tablename like 'millrace_staging%'"

async function inSchema(body: (client: pg.Client) => Promise<void>): Promise<void> {
  await withClient(async (client) => {
    await client.query(`create schema ${SCHEMA}`)
    try {
      await body(client)
    } finally {
      await client.query(`drop schema ${SCHEMA} cascade`)
    }
  })
}

/** A folder with files of rows, and a client of the server. */
async function withFiles(body: (folder: string, client: pg.Client) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-postgres-streams-'))
  try {
    await mkdir(join(folder, 'in'))
    for (let file = 0; file < FILES; file++) {
      const lines = Array.from({ length: ROWS }, (_, i) => JSON.stringify({ id: file * ROWS + i, name: `n ${i % 5}` }))
      await writeFile(join(folder, 'in', `${file}.json`), `${lines.join('\n')}\n`)
    }
    await inSchema((client) => body(folder, client))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const read = (session: Session, folder: string): DataFrame<AnyRow> =>
  session.readStream
    .schema<AnyRow>('id bigint, name string' as string)
    .option('maxFilesPerTrigger', 3)
    .json(join(folder, 'in'))

async function run(
  frame: DataFrame<AnyRow>,
  checkpointLocation: string,
  dbtable: string,
  mode: 'append' | 'update' | 'complete',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const query = await frame.writeStream
    .format('postgresql')
    .options({ connectionString: connectionString(), dbtable, checkpointLocation, ...more })
    .outputMode(mode)
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
}

const counted = (frame: DataFrame<AnyRow>): DataFrame<AnyRow> => frame.groupBy('name').agg(F.count().as('rows')).toDF()
const EACH = (FILES * ROWS) / 5
const ALL = Array.from({ length: 5 }, (_, i) => [`n ${i}`, String(EACH)])

withPostgres(`a stream into a table that is killed again and again has every row there exactly once ${NEEDS}`, (t) =>
  withFiles(async (folder, client) => {
    const table = `${SCHEMA}.${newTable()}`
    const program = [join(folder, 'in'), table, join(folder, 'checkpoint'), connectionString()]
    const killed = await killedUntilDone(program, afterBatches, CHILD)
    t.true(killed >= 3, `${killed} kills`)
    const rows = await asTexts(client, `select id from ${table} order by id`)
    t.deepEqual(
      rows.map(([id]) => Number(id)),
      Array.from({ length: FILES * ROWS }, (_, i) => i),
    )
    t.deepEqual(await asTexts(client, `${STAGED} and schemaname = '${SCHEMA}'`), [])
  }),
)

withPostgres(`groups come into a table by their keys, or all of them anew with each batch ${NEEDS}`, (t) =>
  withFiles((folder, client) =>
    withSession('local[2]', async (session) => {
      const [updated, whole] = [`${SCHEMA}.${newTable()}`, `${SCHEMA}.${newTable()}`]
      const groups = counted(read(session, folder))
      await run(groups, join(folder, 'a'), updated, 'update', { upsertKeys: 'name' })
      t.deepEqual(await asTexts(client, `select name, rows from ${updated} order by 1`), ALL)
      await client.query(`create table ${whole} (name varchar(9), rows bigint, note text)`)
      await run(groups, join(folder, 'b'), whole, 'complete')
      t.deepEqual(
        await asTexts(client, `select name, rows, note from ${whole} order by 1`),
        ALL.map((row) => [...row, null]),
      )
    }),
  ),
)

withPostgres(`a batch that is there is not written again, and a start that slept meanwhile fails ${NEEDS}`, (t) =>
  inSchema(async (client) => {
    const dbtable = `${SCHEMA}."Odd""name"`
    const sink = postgresSink('postgresql')
    const batch = (jobId: string, batchId: number) => ({
      provider: 'postgresql',
      options: { connectionString: connectionString(), dbtable },
      mode: 'append' as const,
      schema: { fields: [{ name: 'a', type: { kind: 'int' as const }, nullable: true }] },
      jobId: `${jobId}${'0'.repeat(31)}`,
      streaming: { queryId: `query of ${dbtable}`, batchId, start: 1, isFirst: false, prepared: [] },
    })
    const [sleeping, other] = [batch('a', 0), batch('b', 0)]
    t.true(await sink.begin(sleeping))
    t.true(await sink.begin(other))
    await sink.commit(other, [])
    t.regex(await refusal(t, sink.commit(sleeping, [])), /^CONCURRENT_STREAM_LOG_UPDATE.*0.*millrace_streams/)
    await sink.abort(sleeping, [])
    t.false(await sink.begin(batch('c', 0)))
    const next = batch('d', 1)
    t.true(await sink.begin(next))
    await sink.commit(next, [])
    t.deepEqual(await asTexts(client, `select count(*) from ${dbtable}`), [['0']])
    t.deepEqual(await asTexts(client, `select target, batch_id from ${SCHEMA}.millrace_streams`), [['Odd"name', '1']])
    t.deepEqual(await asTexts(client, `${STAGED} and schemaname = '${SCHEMA}'`), [])
  }),
)
