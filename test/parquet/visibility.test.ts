import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, INT } from '../../columnar/types.js'
import type { SaveMode, WriteDescription } from '../../connectors/api.js'
import { FINISHED, finishJob, settled } from '../../connectors/files/commit/unfinished-jobs.js'
import { visibleEntries } from '../../connectors/files/visible-files.js'
import { parquetSink } from '../../connectors/parquet/writer/sink.js'
import { parquetWriter } from '../../connectors/parquet/writer/writer.js'
import { newContext, readParquet, temporaryDirectory } from './support.js'

const root = temporaryDirectory()
const CHILD = fileURLToPath(new URL('../support/overwrite-child.js', import.meta.url))
const KILL_AT_STEP = new URL('../support/kill-at-step.js', import.meta.url).href

const newDirectory = (): string => join(mkdtempSync(join(root, 'job-')), 'out')
const describeJob = (path: string, mode: SaveMode): WriteDescription => ({
  provider: 'parquet',
  options: {},
  path,
  mode,
  schema: { fields: [field('n', INT, false)] },
  jobId: crypto.randomUUID(),
})

interface Prepared {
  readonly job: WriteDescription
  readonly messages: readonly { readonly files: readonly string[]; readonly rows: number }[]
}

/** A job whose tasks are done. */
async function prepared(path: string, mode: SaveMode, ...values: number[]): Promise<Prepared> {
  const job = describeJob(path, mode)
  await parquetSink.begin(job)
  const messages = []
  for (const [partition, n] of values.entries()) {
    const writer = await parquetWriter.openWriter(job, { ...newContext(), partition, attempt: 0 })
    await writer.write(blockFromRows(job.schema, [{ n }]))
    messages.push((await writer.prepare()) as { files: readonly string[]; rows: number })
  }
  return { job, messages }
}

async function written(path: string, mode: SaveMode, ...values: number[]): Promise<void> {
  const { job, messages } = await prepared(path, mode, ...values)
  await parquetSink.commit(job, messages)
}

const numbersIn = async (path: string): Promise<number[]> =>
  (await readParquet([path])).columns[0]!.map(Number).toSorted((a, b) => a - b)

/** As a commit does that is stopped after its first file. */
function publishFirst({ job, messages }: Prepared): string {
  const target = join(job.path!, messages[0]!.files[0]!)
  renameSync(join(job.path!, '_temporary', job.jobId, messages[0]!.files[0]!), target)
  return target
}

test('files of a job that is not finished are not seen, by directory, by pattern or by name', async (t) => {
  const path = newDirectory()
  await written(path, 'append', 1)
  const torn = await prepared(path, 'append', 2, 3)
  const file = publishFirst(torn)
  t.deepEqual(await numbersIn(path), [1])
  t.deepEqual(await numbersIn(join(path, '*.parquet')), [1])
  await t.throwsAsync(readParquet([file]), { message: /FAILED_READ_FILE.*not committed it/ })
  await written(path, 'overwrite', 4)
  t.true(existsSync(file), 'another job may be at work')
  await parquetSink.commit(torn.job, torn.messages)
  t.deepEqual(await numbersIn(path), [2, 3, 4])
})

test('an abort takes back what was published, and nothing of a job that is finished', async (t) => {
  const path = newDirectory()
  await written(path, 'append', 1)
  const torn = await prepared(path, 'append', 2, 3)
  publishFirst(torn)
  await parquetSink.abort(torn.job, torn.messages)
  t.deepEqual(await numbersIn(path), [1])
  const done = await prepared(path, 'append', 4)
  publishFirst(done)
  await finishJob(path, done.job.jobId, [])
  await parquetSink.abort(done.job, done.messages)
  t.deepEqual(await numbersIn(path), [1, 4])
})

test('what a job replaced is not seen although it was killed before it removed it, and goes with the next job', async (t) => {
  const path = newDirectory()
  await written(path, 'append', 1)
  const old = readdirSync(path).filter((name) => name.startsWith('part'))
  const killed = await prepared(path, 'overwrite', 2)
  publishFirst(killed)
  t.deepEqual(await numbersIn(path), [1])
  await finishJob(path, killed.job.jobId, old)
  t.deepEqual(await numbersIn(path), [2])
  await written(path, 'append', 3)
  t.deepEqual(await numbersIn(path), [2, 3])
  t.deepEqual(
    readdirSync(path).filter((name) => old.includes(name) || name === FINISHED || name === '_temporary'),
    [],
  )
})

test('a task that is late does not make the folder of its job again, which would hide what was committed', async (t) => {
  const path = newDirectory()
  const { job, messages } = await prepared(path, 'append', 1)
  await parquetSink.commit(job, messages)
  const late = await parquetWriter.openWriter(job, { ...newContext(), partition: 0, attempt: 1 })
  await t.throwsAsync(async () => late.write(blockFromRows(job.schema, [{ n: 9 }])), { message: /FAILED_WRITE_FILE/ })
  t.deepEqual(await numbersIn(path), [1])
})

test('a directory is looked at again when a job ends meanwhile, and not without end', async (t) => {
  const path = newDirectory()
  await written(path, 'append', 1)
  const { job, messages } = await prepared(path, 'overwrite', 2)
  const looks: number[][] = []
  const found = await settled(path, async ({ isHidden }) => {
    const names = readdirSync(path).filter((name) => name.startsWith('part') && !isHidden(name))
    looks.push(await numbersIn(path))
    if (looks.length === 1) await parquetSink.commit(job, messages)
    return names
  })
  t.deepEqual(found, [messages[0]!.files[0]!])
  t.deepEqual(looks, [[1], [2]])
  const endless = settled(path, () => prepared(path, 'append', 3))
  await t.throwsAsync(endless, { message: /FAILED_READ_FILE.*faster than it can be read/ })
})

test('a list of replaced files that leads out of its directory is refused, and nothing is removed', async (t) => {
  const path = newDirectory()
  await written(path, 'append', 1)
  const victim = join(path, '..', 'victim')
  writeFileSync(victim, '')
  await finishJob(path, 'forged', ['../victim'])
  await t.throwsAsync(readParquet([path]), { message: /FAILED_READ_FILE.*no list of names/ })
  await t.throwsAsync(written(path, 'append', 2), { message: /FAILED_READ_FILE.*no list of names/ })
  t.true(existsSync(victim))
})

test('whoever lists a directory while jobs replace it sees the files of one job, all of them', async (t) => {
  const path = newDirectory()
  await written(path, 'overwrite', 0, 0, 0)
  let isDone = false
  const jobs = (async () => {
    for (let job = 0; job < 30; job++) await written(path, 'overwrite', job, job, job)
    isDone = true
  })()
  let listings = 0
  while (!isDone) {
    const names = (await visibleEntries(path)).map(({ name }) => name.replace(/^part-\d+-|-0\.snappy\.parquet$/g, ''))
    t.is(names.length, 3)
    t.is(new Set(names).size, 1)
    listings++
  }
  await jobs
  t.true(listings > 30)
})

test('an overwrite that is killed before or after any step leaves all of the old rows or all of the new ones', async (t) => {
  const path = newDirectory()
  await written(path, 'overwrite', 0, 0)
  let kept = 0
  let kills = 0
  for (let step = 1; ; step++) {
    const env = { ...process.env, KILL_AT: `main:${step}${step % 2 === 0 ? '+' : ''}`, KILL_BELOW: path }
    const { signal, status } = spawnSync(process.execPath, ['--import', KILL_AT_STEP, CHILD, path, String(step)], {
      env,
    })
    const numbers = await numbersIn(path)
    t.deepEqual(numbers, [numbers[0]!, numbers[0]!])
    t.true(numbers[0] === kept || numbers[0] === step, `step ${step}: ${numbers}`)
    kept = numbers[0]!
    if (signal === null) {
      t.is(status, 0)
      t.is(kept, step)
      break
    }
    kills++
  }
  t.true(kills >= 15, String(kills))
})
