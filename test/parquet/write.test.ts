import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { Decimal } from '../../columnar/decimal.js'
import type { Row } from '../../columnar/rows.js'
import {
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  field,
  INT,
  SMALLINT,
  STRING,
  struct,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  TINYINT,
  VOID,
} from '../../columnar/types.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'
import type { WriteDescription } from '../../connectors/api.js'
import { forgetStreamOutput } from '../../connectors/files/stream-output.js'
import { parquetSink } from '../../connectors/parquet/writer/sink.js'
import { parquetWriter } from '../../connectors/parquet/writer/writer.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { memoryOf } from '../support/memory.js'
import { newContext, readParquet, rowsOf, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()
const NUMBERS = { fields: [field('n', INT, false)] }

let jobs = 0
function describeWrite(name: string, more: Partial<WriteDescription> = {}): WriteDescription {
  return {
    provider: 'parquet',
    options: {},
    path: join(directory, name),
    mode: 'errorifexists',
    schema: NUMBERS,
    jobId: `job-${jobs++}`,
    ...more,
  }
}

/** Runs a whole write, a task for each list of rows; stops before the commit when told. */
async function write(
  description: WriteDescription,
  tasks: readonly (readonly Row[])[],
  commit = true,
): Promise<boolean> {
  if (!(await parquetSink.begin(description))) return false
  const messages = []
  for (const [partition, rows] of tasks.entries()) {
    const writer = await parquetWriter.openWriter(description, { ...newContext(), partition, attempt: 0 })
    if (rows.length > 0) await writer.write(blockFromRows(description.schema, rows))
    messages.push(await writer.prepare())
  }
  if (commit) await parquetSink.commit(description, structuredClone(messages))
  return true
}

/** What one task gives to the commit. */
async function prepared(
  description: WriteDescription,
  rows: readonly Row[],
): Promise<{ files: readonly string[]; rows: number }[]> {
  const writer = await parquetWriter.openWriter(description, { ...newContext(), partition: 0, attempt: 0 })
  await writer.write(blockFromRows(description.schema, rows))
  return [(await writer.prepare()) as { files: readonly string[]; rows: number }]
}

const numbers = (...values: number[]): Row[] => values.map((n) => ({ n }))
const numbersIn = async (name: string): Promise<number[]> => {
  const { columns } = await readParquet([join(directory, name)])
  return columns[0]!.map(Number).toSorted((a, b) => a - b)
}
const conditionOf = (error: unknown): string => (error as MillraceError).condition

test('every type is read back by DuckDB with its values and its type', async (t) => {
  const types: readonly (readonly [DataType, unknown, string, string])[] = [
    [BOOLEAN, true, 'BOOLEAN', 'true'],
    [TINYINT, -128, 'TINYINT', '-128'],
    [SMALLINT, -32768, 'SMALLINT', '-32768'],
    [INT, -2147483648, 'INTEGER', '-2147483648'],
    [BIGINT, 9223372036854775807n, 'BIGINT', '9223372036854775807'],
    [FLOAT, 1.5, 'FLOAT', '1.5'],
    [DOUBLE, -0.1, 'DOUBLE', '-0.1'],
    [decimal(5, 2), new Decimal(-12345n, 2), 'DECIMAL(5,2)', '-123.45'],
    [decimal(18, 0), new Decimal(999999999999999999n, 0), 'DECIMAL(18,0)', '999999999999999999'],
    [decimal(38, 10), new Decimal(-(10n ** 37n), 10), 'DECIMAL(38,10)', '-1000000000000000000000000000.0000000000'],
    [STRING, 'grüße 👋', 'VARCHAR', 'grüße 👋'],
    [BINARY, new Uint8Array([1, 255]), 'BLOB', '\\x01\\xFF'],
    [DATE, new Date('1905-03-04'), 'DATE', '1905-03-04'],
    [TIMESTAMP, new Date('2024-02-29T12:34:56.789Z'), 'TIMESTAMP WITH TIME ZONE', '2024-02-29 12:34:56.789+00'],
    [TIMESTAMP_NTZ, new Date('1969-12-31T23:59:59.999Z'), 'TIMESTAMP', '1969-12-31 23:59:59.999'],
    [
      struct([field('a', INT), field('b', STRING)]),
      { a: null, b: 'x' },
      'STRUCT(a INTEGER, b VARCHAR)',
      "{'a': NULL, 'b': x}",
    ],
  ]
  const schema = { fields: types.map(([type], i) => field(`c${i}`, type)) }
  const full = Object.fromEntries(types.map(([, value], i) => [`c${i}`, value])) as Row
  const empty = Object.fromEntries(types.map((_, i) => [`c${i}`, null])) as Row
  const description = describeWrite('types', { schema })
  await write(description, [[full, empty, full]])
  const file = `${description.path}/*.parquet`
  const described = await rowsOf(`DESCRIBE SELECT * FROM read_parquet('${file}')`)
  t.deepEqual(
    described.map((row) => row[1]),
    types.map((type) => type[2]),
  )
  const list = types.map((_, i) => `c${i}::VARCHAR`).join(', ')
  const texts = types.map((type) => type[3])
  t.deepEqual(await rowsOf(`SELECT ${list} FROM read_parquet('${file}')`), [texts, types.map(() => null), texts])
  const { columns } = await readParquet([description.path!])
  t.deepEqual(
    columns.map((column) => column[1]),
    types.map(() => null),
  )
})

test('a directory looks as Spark leaves it: a part of each task with rows, and _SUCCESS', async (t) => {
  const description = describeWrite('layout')
  await write(description, [numbers(1, 2), [], numbers(3)])
  t.deepEqual(readdirSync(description.path!).toSorted(), [
    '_SUCCESS',
    `part-00000-${description.jobId}-0.snappy.parquet`,
    `part-00002-${description.jobId}-0.snappy.parquet`,
  ])
  t.deepEqual(await numbersIn('layout'), [1, 2, 3])
})

for (const [compression, extension] of [
  ['snappy', '.snappy.parquet'],
  ['gzip', '.gz.parquet'],
  ['zstd', '.zstd.parquet'],
  ['uncompressed', '.parquet'],
])
  test(`DuckDB reads what is compressed by ${compression}: texts, numbers, what repeats and what does not, and nothing but NULL`, async (t) => {
    const columns = { fields: [field('n', INT), field('s', STRING), field('x', STRING), field('none', STRING)] }
    const description = describeWrite(`by-${compression}`, { schema: columns, options: { compression: compression! } })
    const rows = Array.from({ length: 30_000 }, (_, n) => ({
      n,
      s: `some text ${n % 50} äö`.repeat(n % 4),
      x: Math.sin(n).toString(36),
      none: null,
    }))
    await write(description, [rows])
    const [name] = readdirSync(description.path!).filter((one) => one.startsWith('part-'))
    t.true(name!.endsWith(extension!) && name!.split('.').length === extension!.split('.').length, name)
    const file = join(description.path!, name!)
    const found = await rowsOf(`SELECT n::VARCHAR, s, x, none FROM read_parquet('${file}') ORDER BY n`)
    t.deepEqual(
      found,
      rows.map(({ n, s, x }) => [String(n), s, x, null]),
    )
  })

test('a result without rows keeps its schema', async (t) => {
  const description = describeWrite('no-rows', { options: { compression: 'none' } })
  await write(description, [[], []])
  const { schema, columns } = await readParquet([description.path!])
  t.deepEqual(schema, NUMBERS)
  t.deepEqual(columns, [[]])
  t.deepEqual(await rowsOf(`SELECT count(*)::VARCHAR FROM read_parquet('${description.path}/*.parquet')`), [['0']])
})

test('columns may have names that mean something to JavaScript', async (t) => {
  const names = ['__proto__', 'constructor', 'toString']
  const description = describeWrite('names', { schema: { fields: names.map((name) => field(name, INT)) } })
  const row = Object.fromEntries(names.map((name, i) => [name, i])) as Row
  await write(description, [[row]])
  const { schema, columns } = await readParquet([description.path!])
  t.deepEqual(
    schema.fields.map(({ name }) => name),
    names,
  )
  t.deepEqual(columns, [['0'], ['1'], ['2']])
  t.deepEqual(
    await rowsOf(`SELECT "__proto__"::VARCHAR, "constructor"::VARCHAR FROM '${description.path}/*.parquet'`),
    [['0', '1']],
  )
})

test('the modes: errorifexists, ignore, append and overwrite', async (t) => {
  await write(describeWrite('modes'), [numbers(1)])
  t.is(conditionOf(await t.throwsAsync(write(describeWrite('modes'), [numbers(2)]))), 'PATH_ALREADY_EXISTS')
  t.false(await write(describeWrite('modes', { mode: 'ignore' }), [numbers(3)]))
  await write(describeWrite('modes', { mode: 'append' }), [numbers(4)])
  t.deepEqual(await numbersIn('modes'), [1, 4])
  await write(describeWrite('modes', { mode: 'overwrite' }), [numbers(5)])
  t.deepEqual(await numbersIn('modes'), [5])
})

test('nothing is visible before the commit, and an abort leaves nothing behind', async (t) => {
  await write(describeWrite('abort'), [numbers(1)])
  const description = describeWrite('abort', { mode: 'append' })
  await write(description, [numbers(2)], false)
  t.deepEqual(await numbersIn('abort'), [1])
  await parquetSink.abort(description, [])
  t.false(existsSync(join(description.path!, '_temporary')))
  t.deepEqual(await numbersIn('abort'), [1])
})

test('a job that needs its directory to be new, and is aborted, leaves none', async (t) => {
  for (const mode of ['errorifexists', 'ignore'] as const) {
    const description = describeWrite(`aborted-${mode}`, { mode })
    await write(description, [numbers(1)], false)
    await parquetSink.abort(description, [])
    t.false(existsSync(description.path!), mode)
  }
})

test('a batch of a streaming query is written once, however often it is run', async (t) => {
  const batch = (batchId: number, queryId = 'q') =>
    describeWrite('stream', { mode: 'append', streaming: { queryId, batchId, start: 1, isFirst: false, prepared: [] } })
  t.true(await write(batch(0), [numbers(1)]))
  t.false(await write(batch(0), [numbers(1)]))
  await write(batch(1), [numbers(2), numbers(3)])
  t.deepEqual(await numbersIn('stream'), [1, 2, 3])
  t.is(conditionOf(await t.throwsAsync(write(batch(2, 'other'), [numbers(4)]))), 'SINK_OWNED_BY_ANOTHER_QUERY')
  const append = describeWrite('stream', { mode: 'append' })
  t.is(conditionOf(await t.throwsAsync(write(append, [numbers(4)]))), 'SINK_OWNED_BY_ANOTHER_QUERY')
})

test('a query whose log is gone is not told that its next batch is the first', async (t) => {
  const batch = (batchId: number) =>
    describeWrite('vanished', {
      mode: 'append',
      streaming: { queryId: 'q', batchId, start: 1, isFirst: false, prepared: [] },
    })
  await write(batch(0), [numbers(1)])
  rmSync(join(directory, 'vanished', '_millrace_metadata'), { recursive: true })
  await t.throwsAsync(write(batch(1), [numbers(2)]), { message: /FAILED_WRITE_FILE.*entry of the last batch is gone/ })
})

/** As a driver that is started again finds a directory: nothing known of it. */
const restart = (name: string): void => forgetStreamOutput(join(directory, name))

test('files of a batch torn between rename and log are not read, and gone when it was run again', async (t) => {
  const batch = (batchId: number) =>
    describeWrite('torn', {
      mode: 'append',
      streaming: { queryId: 'q', batchId, start: 1, isFirst: false, prepared: [] },
    })
  await write(batch(0), [numbers(1)])
  const leftover = join(directory, 'torn', 'part-00000-query-q-1-job-x-0.snappy.parquet')
  const ofOthers = join(directory, 'torn', 'part-00000-query-q-5-job-x-0.snappy.parquet')
  const folder = join(directory, 'torn', '_temporary', 'query-q-1-job-x')
  const aside = join(directory, 'torn', '_millrace_metadata', `.1.${crypto.randomUUID()}.tmp`)
  for (const path of [leftover, ofOthers, aside]) writeFileSync(path, 'torn')
  mkdirSync(folder, { recursive: true })
  restart('torn')
  t.deepEqual(await numbersIn('torn'), [1])
  const { columns } = await readParquet([join(directory, 'torn', '*.parquet')])
  t.deepEqual(columns, [['1']])
  t.is(conditionOf(await t.throwsAsync(readParquet([leftover]))), 'FAILED_READ_FILE')
  t.true(await parquetSink.begin(batch(1)))
  // Until the batch is decided, a driver that sleeps may own them.
  for (const path of [leftover, folder, aside]) t.true(existsSync(path), path)
  await write(batch(1), [numbers(2)])
  for (const path of [leftover, folder, aside]) t.false(existsSync(path), path)
  t.true(existsSync(ofOthers))
  t.deepEqual(await numbersIn('torn'), [1, 2])
})

test('two drivers at one batch: whoever logs it first has it, whatever the other has published', async (t) => {
  const batch = (batchId: number) =>
    describeWrite('two', {
      mode: 'append',
      streaming: { queryId: 'q', batchId, start: 1, isFirst: false, prepared: [] },
    })
  await write(batch(0), [numbers(0)])
  const slow = batch(1)
  await parquetSink.begin(slow)
  const messages = await prepared(slow, numbers(10))
  // As a driver stopped between publishing and logging leaves it, when another is started.
  renameSync(
    join(slow.path!, '_temporary', `query-q-1-${slow.jobId}`, messages[0]!.files[0]!),
    join(slow.path!, messages[0]!.files[0]!),
  )
  restart('two')
  const fast = batch(1)
  t.true(await parquetSink.begin(fast))
  t.true(existsSync(join(slow.path!, messages[0]!.files[0]!)))
  await parquetSink.commit(fast, await prepared(fast, numbers(10)))
  await write(batch(2), [numbers(20)])
  restart('two')
  t.is(conditionOf(await t.throwsAsync(parquetSink.commit(slow, messages))), 'CONCURRENT_STREAM_LOG_UPDATE')
  await parquetSink.abort(slow, messages)
  t.deepEqual(await numbersIn('two'), [0, 10, 20])
  t.is(readdirSync(slow.path!).filter((name) => name.endsWith('.parquet')).length, 3)
})

test('the slower driver wins when it logs first, and the other one fails', async (t) => {
  const batch = () =>
    describeWrite('slow', {
      mode: 'append',
      streaming: { queryId: 'q', batchId: 0, start: 1, isFirst: false, prepared: [] },
    })
  const [slow, fast] = [batch(), batch()]
  await parquetSink.begin(slow)
  const ofSlow = await prepared(slow, numbers(1))
  restart('slow')
  t.true(await parquetSink.begin(fast))
  const ofFast = await prepared(fast, numbers(1))
  await parquetSink.commit(slow, ofSlow)
  t.is(conditionOf(await t.throwsAsync(parquetSink.commit(fast, ofFast))), 'CONCURRENT_STREAM_LOG_UPDATE')
  await parquetSink.commit(slow, ofSlow)
  t.deepEqual(await numbersIn('slow'), [1])
})

test('_temporary as a symbolic link is refused before anything is written, and nothing is removed behind it', async (t) => {
  const other = temporaryDirectory()
  mkdirSync(join(other, 'query-q-0-x'))
  const batch = (batchId: number) =>
    describeWrite('link', {
      mode: 'append',
      streaming: { queryId: 'q', batchId, start: 1, isFirst: false, prepared: [] },
    })
  await write(batch(0), [numbers(1)])
  restart('link')
  const job = describeWrite('link-of-job', { mode: 'append' })
  mkdirSync(job.path!)
  for (const description of [batch(1), job]) {
    symlinkSync(other, join(description.path!, '_temporary'))
    const error = await t.throwsAsync(write(description, [numbers(1)]))
    t.regex(error!.message, /FAILED_WRITE_FILE.*_temporary.*symbolic link/)
    t.deepEqual(readdirSync(other), ['query-q-0-x'])
  }
})

test('a commit that is tried again after a part of it was done is completed', async (t) => {
  const description = describeWrite('again', {
    mode: 'append',
    streaming: { queryId: 'q', batchId: 0, start: 1, isFirst: false, prepared: [] },
  })
  await parquetSink.begin(description)
  const messages = []
  for (const partition of [0, 1]) {
    const writer = await parquetWriter.openWriter(description, { ...newContext(), partition, attempt: 0 })
    await writer.write(blockFromRows(NUMBERS, numbers(partition)))
    messages.push(await writer.prepare())
  }
  const lost = { files: ['part-lost.parquet'], rows: 1 }
  await t.throwsAsync(parquetSink.commit(description, [messages[0]!, lost]), { message: /FAILED_WRITE_FILE/ })
  for (let times = 0; times < 2; times++) await parquetSink.commit(description, messages)
  t.deepEqual(await numbersIn('again'), [0, 1])
})

test('many rows make several row groups', async (t) => {
  const description = describeWrite('large')
  await parquetSink.begin(description)
  const writer = await parquetWriter.openWriter(description, { ...newContext(), partition: 0, attempt: 0 })
  for (let block = 0; block < 20; block++) {
    const values = Array.from({ length: 10_000 }, (_, i) => block * 10_000 + i)
    await writer.write(blockFromRows(NUMBERS, numbers(...values)))
  }
  await parquetSink.commit(description, [await writer.prepare()])
  const { columns, splits } = await readParquet([description.path!])
  t.deepEqual(
    columns[0]!.map(Number),
    Array.from({ length: 200_000 }, (_, i) => i),
  )
  t.is(splits.length, 2)
  t.deepEqual(
    await rowsOf(`SELECT count(*)::VARCHAR, sum(n)::VARCHAR FROM read_parquet('${description.path}/*.parquet')`),
    [['200000', '19999900000']],
  )
})

test('a row group takes no more than a share of the memory, in which its values count until it is written', async (t) => {
  const memory = new LinearMemory()
  memory.use(memoryOf(8 << 20))
  const description = describeWrite('short of memory')
  await parquetSink.begin(description)
  const context = { memory, kernels: memory.kernels, signal: new AbortController().signal, partition: 0, attempt: 0 }
  const writer = await parquetWriter.openWriter(description, context)
  const held: number[] = []
  for (let block = 0; block < 20; block++) {
    const values = Array.from({ length: 10_000 }, (_, i) => block * 10_000 + i)
    await writer.write(blockFromRows(NUMBERS, numbers(...values)))
    held.push(memory.taskBytes)
  }
  t.true(held[0]! > 10_000 * 8 && held[1]! === 2 * held[0]!, `${held}`)
  t.true(Math.max(...held) < 2 << 20, `${held}`)
  await parquetSink.commit(description, [await writer.prepare()])
  t.is(memory.taskBytes, 0)
  const groups = `SELECT count(DISTINCT row_group_id) > 2 FROM parquet_metadata('${description.path}/*.parquet')`
  t.deepEqual(await rowsOf(groups), [[true]])
  memory.use(memoryOf(100_000))
  const little = describeWrite('far too little')
  await parquetSink.begin(little)
  const refused = await parquetWriter.openWriter(little, context)
  const block = blockFromRows(NUMBERS, numbers(...Array.from({ length: 10_000 }, (_, i) => i)))
  await t.throwsAsync(async () => refused.write(block), {
    message: /UNABLE_TO_ACQUIRE_MEMORY.*for the Parquet row group/,
  })
  await refused.abort()
})

test('the files of a partitioned write, which are open one after the other, count their memory in one place', async (t) => {
  const memory = new LinearMemory()
  const owners: string[] = []
  const count = memory.count.bind(memory)
  memory.count = (owner) => {
    owners.push(owner)
    return count(owner)
  }
  const description = describeWrite('in folders', { partitionBy: ['p'] })
  await parquetSink.begin(description)
  const context = { memory, kernels: memory.kernels, signal: new AbortController().signal, partition: 0, attempt: 0 }
  const writer = await parquetWriter.openWriter(description, context)
  const rows = ['a', 'b', 'c'].flatMap((p) => [1, 2].map((n) => ({ n, p })))
  await writer.write(blockFromRows({ fields: [...NUMBERS.fields, field('p', STRING)] }, rows))
  t.true(memory.taskBytes > 0)
  await parquetSink.commit(description, [await writer.prepare()])
  t.deepEqual(owners, ['Parquet row group'])
  t.is(memory.taskBytes, 0)
})

test('types and options that cannot be written are refused before anything is', async (t) => {
  const nothing = { fields: [field('n', VOID)] }
  const refused = [
    describeWrite('refused', { schema: nothing }),
    describeWrite('refused', { options: { compression: 'brotli' } }),
    describeWrite('refused', { options: { partitionOverwriteMode: 'dynamic' } }),
  ]
  for (const description of refused) {
    t.is(conditionOf(await t.throwsAsync(parquetSink.begin(description))), 'UNSUPPORTED_FEATURE')
  }
  const twice = { fields: [field('n', INT), field('n', INT)] }
  t.is(
    conditionOf(await t.throwsAsync(parquetSink.begin(describeWrite('refused', { schema: twice })))),
    'COLUMN_ALREADY_EXISTS',
  )
  t.false(existsSync(join(directory, 'refused')))
})
