import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { AnyRow, DataFrame, Session } from '../../api/index.js'
import { FILE_STREAM_OPTIONS } from '../../api/sources/formats.js'
import { STREAM_OPTIONS } from '../../connectors/files/streamed/stream-options.js'
import { afterBatches, type Kill, killedUntilDone } from '../support/killed-program.js'
import { refusal } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

const START_S = 1_700_000_000
const CHILD = new URL('../support/file-stream-child.js', import.meta.url).pathname

type Options = Readonly<Record<string, string | number | boolean>>

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-file-streams-'))
  try {
    await body(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const inSession = (body: (folder: string, session: Session) => Promise<void>): Promise<void> =>
  inFolder((folder) => withSession('local[2]', (session) => body(folder, session)))

/** A file of rows, as if it was written so many seconds after the first. */
async function put(path: string, text: string, atS: number): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}`)
  await writeFile(aside, text)
  await utimes(aside, START_S + atS, START_S + atS)
  await rename(aside, path)
}

const ids = (rows: readonly AnyRow[]): number[] => rows.map((row) => Number(row['id'])).toSorted((a, b) => a - b)

const csvOf = (session: Session, path: string, options: Options = {}): DataFrame<AnyRow> =>
  session.readStream
    .format('csv')
    .schema('id int')
    .options(options as Record<string, string>)
    .load(path)
    .toDF()

/** The ids of each batch that there is something for now. */
async function batchesOf(frame: DataFrame<AnyRow>, checkpoint?: string): Promise<number[][]> {
  const batches: number[][] = []
  const writer =
    checkpoint === undefined ? frame.writeStream : frame.writeStream.option('checkpointLocation', checkpoint)
  const query = await writer
    .foreachBatch(async (batch) => void batches.push(ids(await batch.collect())))
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  return batches
}

test('the options of streams of files that compile are those that there are', (t) => {
  t.deepEqual(FILE_STREAM_OPTIONS.map((name) => name.toLowerCase()).toSorted(), [...STREAM_OPTIONS].toSorted())
})

test('files come in the order in which they were changed, so many in a batch, and each once', (t) =>
  inSession(async (folder, session) => {
    const input = join(folder, 'in')
    await mkdir(input)
    await put(join(input, 'z'), '1\n2\n', 0)
    await put(join(input, 'b'), '3\n', 10)
    await put(join(input, 'a'), '4\n', 10)
    await put(join(input, '_hidden'), '9\n', 5)
    t.deepEqual(await batchesOf(csvOf(session, input)), [[1, 2, 3, 4]])
    t.deepEqual(await batchesOf(csvOf(session, input, { maxFilesPerTrigger: 1 })), [[1, 2], [4], [3]])
    t.deepEqual(await batchesOf(csvOf(session, input, { maxFilesPerTrigger: 2, latestFirst: true })), [
      [3, 4],
      [1, 2],
    ])
    t.deepEqual(await batchesOf(csvOf(session, input, { maxBytesPerTrigger: 3 })), [[1, 2], [4], [3]])
    t.deepEqual(await batchesOf(csvOf(session, input, { maxBytesPerTrigger: 4, latestFirst: true })), [
      [3, 4],
      [1, 2],
    ])
  }))

test('a stream goes on with the files that came since its last start, whatever became of those that it read', (t) =>
  inSession(async (folder, session) => {
    const [input, checkpoint] = [join(folder, 'in'), join(folder, 'checkpoint')]
    await mkdir(input)
    await put(join(input, 'a.csv'), '1\n', 0)
    t.deepEqual(await batchesOf(csvOf(session, input), checkpoint), [[1]])
    t.deepEqual(await batchesOf(csvOf(session, input), checkpoint), [])
    await put(join(input, 'a.csv'), '7\n8\n', 30)
    await put(join(input, 'b.csv'), '2\n', 20)
    t.deepEqual(await batchesOf(csvOf(session, input), checkpoint), [[2]])
    await rm(join(input, 'a.csv'))
    await put(join(input, 'c.csv'), '3\n', 40)
    t.deepEqual(await batchesOf(csvOf(session, input), checkpoint), [[3]])
  }))

test('a query that runs finds files that come, and tells its offsets as Spark does', (t) =>
  inSession(async (folder, session) => {
    const input = join(folder, 'in')
    await mkdir(input)
    const query = await csvOf(session, join(input, '*.csv'), { maxFilesPerTrigger: 1 })
      .writeStream.format('memory')
      .queryName('found')
      .start()
    await query.processAllAvailable()
    for (const id of [1, 2, 3]) await put(join(input, `${id}.csv`), `${id}\n`, id)
    await put(join(input, '4.json'), '4\n', 4)
    await query.processAllAvailable()
    t.deepEqual(ids(await session.table('found').collect()), [1, 2, 3])
    await put(join(input, '5.csv'), '5\n', 5)
    await query.processAllAvailable()
    t.deepEqual(ids(await session.table('found').collect()), [1, 2, 3, 5])
    const [source] = query.lastProgress!.sources
    t.deepEqual([source!.startOffset, source!.endOffset], [{ logOffset: 2 }, { logOffset: 3 }])
    t.is(source!.description, `text[${join(input, '*.csv')}]`)
    await query.stop()
  }))

test('rows of every format are those of the table that the same files are', (t) =>
  inSession(async (folder, session) => {
    const frame = session.sql('select id, id * 2 as twice, concat("n", id) as name from range(100)')
    for (const format of ['csv', 'json', 'parquet', 'avro', 'arrow'] as const) {
      const path = join(folder, format)
      await frame.repartition(3).write.format(format).save(path)
      const schema = 'id bigint, twice bigint, name string'
      const stream = session.readStream.format(format).schema<AnyRow>(schema).option('maxFilesPerTrigger', 1).load(path)
      t.deepEqual(
        await batchesOfRows(session, stream),
        await session.read.format(format).schema<AnyRow>(schema).load(path).orderBy('id').collect(),
        format,
      )
    }
    const texts = await batchesOfRows(session, session.readStream.format('text').load(join(folder, 'csv')), 'value')
    t.deepEqual(texts, await session.read.text(join(folder, 'csv')).orderBy('value').collect())
    const whole = session.readStream.format('binaryFile').load(join(folder, 'csv')).select('path', 'length')
    t.deepEqual(
      await batchesOfRows(session, whole, 'path'),
      await session.read
        .format('binaryFile')
        .load(join(folder, 'csv'))
        .select('path', 'length')
        .orderBy('path')
        .collect(),
    )
  }))

async function batchesOfRows(session: Session, frame: DataFrame<AnyRow>, order = 'id'): Promise<AnyRow[]> {
  const query = await frame.writeStream.format('memory').queryName('rows_of').trigger({ availableNow: true }).start()
  await query.awaitTermination()
  return await session.table('rows_of').orderBy(order).collect()
}

test('folders are named after values of columns, which the first files tell', (t) =>
  inSession(async (folder, session) => {
    const input = join(folder, 'in')
    for (const day of [1, 2]) {
      await mkdir(join(input, `day=${day}`), { recursive: true })
      await put(join(input, `day=${day}`, 'a.csv'), `${day}0\n`, day)
    }
    const frame = csvOf(session, input, { maxFilesPerTrigger: 1 })
    t.deepEqual(await frame.dtypes(), [
      ['id', 'int'],
      ['day', 'int'],
    ])
    const query = await frame.writeStream.format('memory').queryName('days').start()
    await query.processAllAvailable()
    await mkdir(join(input, 'day=3'))
    await put(join(input, 'day=3', 'a.csv'), '30\n', 3)
    await query.processAllAvailable()
    await query.stop()
    const rows = await session.table('days').orderBy('id').collect()
    t.deepEqual(
      rows.map(({ id, day }) => [id, day]),
      [
        [10, 1],
        [20, 2],
        [30, 3],
      ],
    )

    const later = join(folder, 'later')
    await mkdir(later)
    const surprised = await csvOf(session, later).writeStream.format('memory').queryName('later').start()
    await surprised.processAllAvailable()
    await mkdir(join(later, 'day=1'))
    await put(join(later, 'day=1', 'a.csv'), '1\n', 0)
    t.regex(await refusal(t, () => surprised.awaitTermination()), /UNSUPPORTED_FEATURE.*folders of partitions.*day=1/)
  }))

test('files that are much older than the newest that was read are left out, and files of one name may be one', (t) =>
  inSession(async (folder, session) => {
    const [input, checkpoint] = [join(folder, 'in'), join(folder, 'checkpoint')]
    await mkdir(join(input, 'sub'), { recursive: true })
    const aged = (): DataFrame<AnyRow> => csvOf(session, input, { maxFileAge: '1h' })
    await put(join(input, 'a.csv'), '1\n', 10_000)
    t.deepEqual(await batchesOf(aged(), checkpoint), [[1]])
    await put(join(input, 'old.csv'), '2\n', 10_000 - 3601)
    await put(join(input, 'younger.csv'), '3\n', 10_000 - 3600)
    t.deepEqual(await batchesOf(aged(), checkpoint), [[3]])

    await put(join(input, 'sub', 'a.csv'), '4\n', 0)
    const named = (fileNameOnly: boolean): DataFrame<AnyRow> =>
      csvOf(session, input, { fileNameOnly, recursiveFileLookup: true, maxFilesPerTrigger: 1 })
    t.deepEqual((await batchesOf(named(true))).flat().toSorted(), [2, 3, 4])
    t.deepEqual((await batchesOf(named(false))).flat().toSorted(), [1, 2, 3, 4])
  }))

test('files of batches that are committed are deleted or moved away where that is wanted', (t) =>
  inSession(async (folder, session) => {
    const [input, archive] = [join(folder, 'in'), join(folder, 'archive')]
    await mkdir(input)
    await put(join(input, 'a.csv'), '1\n', 0)
    const moving = { cleanSource: 'archive', sourceArchiveDir: archive }
    t.deepEqual(await batchesOf(csvOf(session, input, moving)), [[1]])
    t.deepEqual(await readdir(input), [])
    t.is(await readFile(join(archive, input, 'a.csv'), 'utf8'), '1\n')
    await put(join(input, 'b.csv'), '2\n', 0)
    t.deepEqual(await batchesOf(csvOf(session, input, { cleanSource: 'DELETE' })), [[2]])
    t.deepEqual(await readdir(input), [])
    for (const within of [input, join(input, 'x'), folder])
      t.regex(
        await refusal(t, () => csvOf(session, input, { ...moving, sourceArchiveDir: within }).schema()),
        /INVALID_OPTION.*sourceArchiveDir/,
      )
  }))

test('what cannot be a stream of files is refused by one condition', (t) =>
  inSession(async (folder, session) => {
    const input = join(folder, 'in')
    await mkdir(input)
    await put(join(input, 'a.csv'), '1\n', 0)
    const csv = (options: Options): Promise<unknown> => csvOf(session, input, options).schema()
    for (const [options, message] of [
      [{ maxFilesPerTrigger: 0 }, /INVALID_OPTION.*maxFilesPerTrigger/],
      [{ maxFilesPerTrigger: 1, maxBytesPerTrigger: 1 }, /INVALID_OPTION.*maxBytesPerTrigger.*too/],
      [{ maxFileAge: 'long' }, /INVALID_OPTION.*maxFileAge/],
      [{ latestFirst: 'perhaps' }, /INVALID_OPTION.*latestFirst/],
      [{ cleanSource: 'burn' }, /INVALID_OPTION.*cleanSource/],
      [{ cleanSource: 'archive' }, /INVALID_OPTION.*sourceArchiveDir/],
      [{ maxFiles: 1 }, /UNSUPPORTED_FEATURE.*maxFiles/],
    ] as const)
      t.regex(await refusal(t, () => csv(options)), message)
    t.regex(
      await refusal(t, () => session.read.schema('id int').option('maxFilesPerTrigger', 1).csv(input).collect()),
      /maxFilesPerTrigger/,
    )
    for (const format of ['csv', 'json', 'parquet', 'avro', 'arrow'] as const)
      t.regex(await refusal(t, () => session.readStream.format(format).load(input).schema()), /_LEGACY_ERROR_TEMP_2048/)
    t.regex(await refusal(t, () => csvOf(session, join(folder, 'nowhere')).schema()), /PATH_NOT_FOUND/)
  }))

test('a file that is gone before it is read ends the query, unless missing files are passed over', (t) =>
  inSession(async (folder, session) => {
    const input = join(folder, 'in')
    await mkdir(input)
    for (const id of [1, 2, 3]) await put(join(input, `${id}.csv`), `${id}\n`, id)
    const run = async (options: Options): Promise<number[]> => {
      const seen: number[] = []
      const query = await csvOf(session, input, { maxFilesPerTrigger: 1, ...options })
        .writeStream.foreachBatch(async (batch, batchId) => {
          seen.push(...ids(await batch.collect()))
          if (batchId > 0) return
          await rm(join(input, '2.csv'))
          await put(join(input, `late${Object.keys(options).length}.csv`), '9\n', 9)
        })
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
      return seen
    }
    t.regex(await refusal(t, () => run({})), /STREAM_FAILED.*PATH_NOT_FOUND/)
    await rm(join(input, 'late0.csv'))
    await put(join(input, '2.csv'), '2\n', 2)
    // What comes while a query reads all that is there is for the next one.
    t.deepEqual(await run({ ignoreMissingFiles: true }), [1, 3])
    t.deepEqual(await batchesOf(csvOf(session, input)), [[1, 3, 9]])
  }))

test('files that were listed are read before it is listed again what there is, unless none are to be remembered', (t) =>
  inSession(async (folder, session) => {
    const order = async (input: string, maxCachedFiles: number): Promise<readonly number[]> => {
      await mkdir(input)
      for (const id of [1, 2, 3]) await put(join(input, `${id}.csv`), `${id}\n`, id)
      const seen: number[] = []
      let tellAll = (): void => {}
      const isAll = new Promise<void>((resolve) => {
        tellAll = resolve
      })
      const query = await csvOf(session, input, { maxFilesPerTrigger: 1, maxCachedFiles })
        .writeStream.foreachBatch(async (batch, batchId) => {
          seen.push(...ids(await batch.collect()))
          if (batchId === 0) await put(join(input, 'older.csv'), '0\n', 0)
          if (seen.length === 4) tellAll()
        })
        .start()
      await Promise.race([isAll, query.awaitTermination()])
      await query.stop()
      return seen
    }
    t.deepEqual(await order(join(folder, 'cached'), 9), [1, 2, 3, 0])
    t.deepEqual(await order(join(folder, 'listed'), 0), [1, 0, 2, 3])
    t.deepEqual(await order(join(folder, 'one'), 1), [1, 2, 0, 3])
  }))

const FILES = 14
const ROWS = 50

async function withFiles(body: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    await mkdir(join(folder, 'in'))
    for (let file = 0; file < FILES; file++) {
      const lines = Array.from({ length: ROWS }, (_, i) => JSON.stringify({ id: file * ROWS + i, name: `n° ${i}` }))
      await put(join(folder, 'in', `${file}.json`), `${lines.join('\n')}\n`, file)
    }
    await body(folder)
  })
}

async function everyRowIsOnce(t: ExecutionContext, folder: string): Promise<void> {
  await withSession('local[2]', async (session) => {
    const rows = await session.read.parquet(join(folder, 'out')).select('id').collect()
    t.deepEqual(
      ids(rows),
      Array.from({ length: FILES * ROWS }, (_, id) => id),
    )
  })
  const kept = await readdir(join(folder, 'checkpoint', 'sources', '0.read'))
  t.true(kept.length <= 11 && kept.some((name) => name.endsWith('.all')), kept.join(', '))
}

const programOf = (folder: string): string[] => [join(folder, 'in'), join(folder, 'out'), join(folder, 'checkpoint')]

test('a stream of files that is killed again and again writes every row exactly once', (t) =>
  withFiles(async (folder) => {
    const killed = await killedUntilDone(programOf(folder), afterBatches, CHILD)
    t.true(killed >= 3, `${killed} kills`)
    await everyRowIsOnce(t, folder)
  }))

test('it does so when it is killed before or after each step of keeping which files it has read', (t) =>
  withFiles(async (folder) => {
    const below = join(folder, 'checkpoint', 'sources', '0.read')
    const aimed = (run: number): Kill => ({ step: `main:${1 + run}${run % 2 === 0 ? '' : '+'}`, below })
    const killed = await killedUntilDone(programOf(folder), aimed, CHILD)
    t.log(`${killed} kills`)
    t.true(killed >= 8, `${killed} kills`)
    await everyRowIsOnce(t, folder)
  }))
