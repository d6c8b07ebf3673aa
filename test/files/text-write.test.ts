import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import zlib from 'node:zlib'
import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, INT, STRING } from '../../columnar/types.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'
import type { BlockWriter, Json, WriteDescription } from '../../connectors/api.js'
import { textSink } from '../../connectors/text/writer/sink.js'
import { textWriter } from '../../connectors/text/writer/writer.js'
import { newContext } from '../parquet/support.js'
import { connect } from '../support/duckdb-connection.js'

const LINES = { fields: [field('value', STRING, false)] }
const directory = mkdtempSync(join(tmpdir(), 'millrace-text-write-'))
test.after.always(() => rmSync(directory, { recursive: true }))

const describeWrite = (name: string, more: Partial<WriteDescription> = {}): WriteDescription => ({
  provider: 'text',
  options: { 'lines.extension': '.csv' },
  path: join(directory, name),
  mode: 'append',
  schema: LINES,
  jobId: crypto.randomUUID(),
  ...more,
})

const openTask = (write: WriteDescription, attempt = 0): Promise<BlockWriter> =>
  textWriter.openWriter(write, { ...newContext(), partition: 0, attempt })

const blockOf = (lines: readonly string[]) =>
  blockFromRows(
    LINES,
    lines.map((value) => ({ value })),
  )

/** One task's share: a block for each list of lines. */
async function written(write: WriteDescription, blocks: readonly (readonly string[])[]): Promise<Json> {
  await textSink.begin(write)
  const task = await openTask(write)
  for (const lines of blocks) await task.write(blockOf(lines))
  return await task.prepare()
}

const partsOf = (write: WriteDescription): readonly string[] =>
  readdirSync(write.path!, { recursive: true, encoding: 'utf8' }).filter((name) => /part-/.test(name))
const conditionOf = (error: unknown): string => (error as MillraceError).condition

test('the lines of all blocks are in the file of a task, behind its header', async (t) => {
  const options = { 'lines.extension': '.csv', 'lines.header': 'h\n' }
  const write = describeWrite('blocks', { options })
  await textSink.commit(write, [
    await written(write, [
      ['a\n', 'bä\n'],
      ['', 'c\n'],
    ]),
  ])
  const [name, ...others] = partsOf(write)
  t.deepEqual(others, [])
  t.regex(name!, /^part-00000-[^.]*\.csv$/)
  t.is(readFileSync(join(write.path!, name!), 'utf8'), 'h\na\nbä\nc\n')
})

for (const [compression, read] of [
  ['gzip', zlib.gunzipSync],
  ['deflate', zlib.inflateSync],
] as const)
  test(`many lines are compressed as one file: ${compression}`, async (t) => {
    const write = describeWrite(compression, { options: { compression, 'lines.header': 'h\n' } })
    const blocks = [1, 2, 3].map((i) => Array.from({ length: 5000 }, (_, n) => `${i} ${n} ${Math.sin(n * i)}\n`))
    await textSink.commit(write, [await written(write, blocks)])
    const [name] = partsOf(write)
    t.is(read(readFileSync(join(write.path!, name!))).toString(), `h\n${blocks.flat().join('')}`)
  })

test('what is compressed as zstd is read by DuckDB as one file, and by us', async (t) => {
  const write = describeWrite('zstd', { options: { compression: 'zstd', 'lines.header': 'h\n' } })
  const blocks = [1, 2, 3].map((i) => Array.from({ length: 5000 }, (_, n) => `${i} ${n} ${Math.sin(n * i)}\n`))
  await textSink.commit(write, [await written(write, blocks)])
  const [name] = partsOf(write)
  t.true(name!.endsWith('.zst'))
  const path = join(write.path!, name!)
  t.true(statSync(path).size < blocks.flat().join('').length / 1.5)
  const reader = await connect()
  const all = await reader.runAndReadAll(
    `SELECT column0 FROM read_csv('${path}', header = false, delim = '|', compression = 'zstd', columns = {column0: 'VARCHAR'})`,
  )
  t.deepEqual(all.getRows().flat(), ['h', ...blocks.flat().map((line) => line.trimEnd())])
})

test('nothing is visible before the commit, and an abort leaves nothing behind', async (t) => {
  for (const compression of ['none', 'gzip']) {
    const write = describeWrite(`abort-${compression}`, { options: { compression }, mode: 'errorifexists' })
    const message = await written(write, [['a\n']])
    t.true(partsOf(write).every((name) => name.startsWith('_temporary')))
    const late = await openTask(write, 1)
    await late.write(blockOf(['b\n']))
    await late.abort()
    t.is(partsOf(write).length, 1)
    await textSink.abort(write, [message])
    t.false(existsSync(write.path!))
  }
})

test('a batch of a stream is written once, and without rows it makes no file', async (t) => {
  const batch = (batchId: number) =>
    describeWrite('stream', { streaming: { queryId: 'q', batchId, start: 1, isFirst: false, prepared: [] } })
  await textSink.commit(batch(0), [])
  const second = batch(1)
  await textSink.commit(second, [await written(second, [['a\n']])])
  t.false(await textSink.begin(batch(1)))
  t.is(partsOf(second).length, 1)
})

test('a file that cannot be made or written is told by its path', async (t) => {
  const write = describeWrite('failing')
  await textSink.begin(write)
  const folder = join(write.path!, '_temporary', write.jobId)
  writeFileSync(join(folder, `part-00000-${write.jobId}-0.csv`), '')
  const task = await openTask(write)
  t.is(conditionOf(await t.throwsAsync(async () => task.write(blockOf(['a\n'])))), 'FAILED_WRITE_FILE')
})

test('options and columns that are none of lines are refused before anything is written', async (t) => {
  const refused: readonly [Partial<WriteDescription>, string][] = [
    [{ options: { compression: 'bzip2' } }, 'UNSUPPORTED_FEATURE'],
    [{ options: { compression: 'toString' } }, 'CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION'],
    [{ options: { header: 'true' } }, 'UNSUPPORTED_FEATURE'],
    [{ schema: { fields: [field('n', INT)] } }, 'INTERNAL_ERROR'],
  ]
  for (const [more, condition] of refused)
    t.is(conditionOf(await t.throwsAsync(textSink.begin(describeWrite('refused', more)))), condition)
  t.false(existsSync(join(directory, 'refused')))
})
