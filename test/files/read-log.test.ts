import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { StreamedFile } from '../../connectors/files/streamed/batch-files.js'
import { ReadFiles } from '../../connectors/files/streamed/read-files.js'
import { ReadLog } from '../../connectors/files/streamed/read-log.js'
import { fileStreamOptions } from '../../connectors/files/streamed/stream-options.js'

const file = (i: number): StreamedFile => ({ path: `/in/${i}`, modifiedMs: i, size: 1, folder: i % 2 ? 'a=1' : '' })
const FOR_EVER = { byName: false, maxAgeMs: Number.POSITIVE_INFINITY }

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-read-log-'))
  try {
    await body(join(folder, 'log'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Batches of one file each. */
async function addUpTo(folder: string, from: number, until: number): Promise<void> {
  const { log, files } = await ReadLog.open(folder)
  const read = new ReadFiles(FOR_EVER)
  read.add(files)
  for (let batch = from; batch < until; batch++) {
    read.add([file(batch)])
    await log.add(batch, [file(batch)], () => read.all)
  }
}

const filesIn = async (folder: string): Promise<readonly StreamedFile[]> => (await ReadLog.open(folder)).files

test('all files of all batches are known again, from few entries', (t) =>
  inFolder(async (folder) => {
    await addUpTo(folder, 0, 13)
    t.deepEqual((await readdir(folder)).toSorted(), ['10', '11', '12', '9.all'].toSorted())
    await addUpTo(folder, 13, 300)
    t.deepEqual(
      await filesIn(folder),
      Array.from({ length: 300 }, (_, i) => file(i)),
    )
    t.true((await readdir(folder)).length <= 201)
  }))

test('entries that another start wrote are left as they are, and what it had put together is of no harm', (t) =>
  inFolder(async (folder) => {
    const { log: sleeping } = await ReadLog.open(folder)
    const read = new ReadFiles(FOR_EVER)
    await addUpTo(folder, 0, 25)
    for (let batch = 0; batch < 12; batch++) {
      read.add([file(batch)])
      await sleeping.add(batch, [file(batch)], () => read.all)
    }
    t.deepEqual(
      await filesIn(folder),
      Array.from({ length: 25 }, (_, i) => file(i)),
    )
  }))

test('a log that lacks an entry, or has one that was cut or changed, is refused with its path', (t) =>
  inFolder(async (folder) => {
    await addUpTo(folder, 0, 5)
    const path = join(folder, '3')
    const text = await readFile(path, 'utf8')
    for (const damaged of ['', text.slice(0, -3), text.replace('/in/3', '/in/4'), text.replace('v1', 'v9')]) {
      await writeFile(path, damaged)
      await t.throwsAsync(ReadLog.open(folder), { message: /STREAMING_CHECKPOINT_CORRUPT.*log\/3/ }, damaged)
    }
    await unlink(path)
    await t.throwsAsync(ReadLog.open(folder), { message: /STREAMING_CHECKPOINT_CORRUPT.*log\/3.*missing/ })
    await unlink(join(folder, '4'))
    const { log } = await ReadLog.open(folder)
    await t.throwsAsync(
      log.add(4, [file(4)], () => []),
      { message: /STREAMING_CHECKPOINT_CORRUPT.*log\/3.*missing/ },
    )
    await rm(folder, { recursive: true })
    await t.throwsAsync(
      log.add(3, [file(3)], () => []),
      { message: /STREAMING_CHECKPOINT_REMOVED/ },
    )
  }))

test('files that are older than the newest by more than an age are forgotten, and count as read', (t) => {
  const read = new ReadFiles({ byName: true, maxAgeMs: 10 })
  read.add([file(1), file(5), file(12)])
  t.deepEqual(read.all, [file(5), file(12)])
  t.deepEqual(
    [file(1), file(2), { ...file(5), path: '/other/5' }, file(6)].map((one) => read.has(one)),
    [true, false, true, false],
  )
  t.true(read.has(file(1)))
})

/** After how many batches of one file the files are put together, of which there were so many. */
async function batchesUntilWhole(files: number): Promise<number> {
  let batches = 0
  await inFolder(async (folder) => {
    const { log } = await ReadLog.open(folder)
    const all = Array.from({ length: files - 9 }, (_, i) => file(1000 + i))
    await log.add(0, all, () => all)
    for (let batch = 1; batch < 10; batch++) await log.add(batch, [file(batch)], () => [...all, ...all.slice(0, 9)])
    while (!(await readdir(folder)).includes(`${9 + batches}.all`) || batches === 0) {
      batches++
      await log.add(9 + batches, [file(batches)], () => all)
    }
  })
  return batches
}

test('files are put together when those since are half as many, after ten batches at the earliest and two hundred at the latest', async (t) => {
  t.is(await batchesUntilWhole(10), 10)
  t.is(await batchesUntilWhole(40), 20)
  t.is(await batchesUntilWhole(1000), 200)
})

test('options of streams of files have the values of Spark where they are not given', (t) => {
  const { POSITIVE_INFINITY } = Number
  const week = 7 * 86_400_000
  t.deepEqual(fileStreamOptions({}), {
    mostFiles: POSITIVE_INFINITY,
    mostBytes: POSITIVE_INFINITY,
    maxAgeMs: week,
    mostCached: 10_000,
    latestFirst: false,
    byName: false,
    cleanSource: { kind: 'off' },
  })
  t.is(fileStreamOptions({ maxFileAge: '0s' }).maxAgeMs, 0)
  t.throws(() => fileStreamOptions({ maxFileAge: '-1s' }), { message: /INVALID_OPTION.*maxFileAge/ })
  t.is(fileStreamOptions({ latestFirst: 'true' }).maxAgeMs, week)
  for (const limit of ['maxFilesPerTrigger', 'maxBytesPerTrigger']) {
    t.is(fileStreamOptions({ latestFirst: 'true', [limit]: '1' }).maxAgeMs, POSITIVE_INFINITY, 'older files come last')
    t.is(fileStreamOptions({ [limit]: '1' }).maxAgeMs, week)
    t.throws(() => fileStreamOptions({ [limit]: '0' }), { message: /INVALID_OPTION/ })
  }
})

test('what a start that ended in between has left beside what it put together goes when the log is opened', (t) =>
  inFolder(async (folder) => {
    await addUpTo(folder, 0, 13)
    const aside = `.14.${randomUUID()}.tmp`
    for (const left of ['3', '8', '9', '2.all', aside, 'of-others']) await writeFile(join(folder, left), 'left')
    t.is((await filesIn(folder)).length, 13)
    t.deepEqual((await readdir(folder)).toSorted(), ['10', '11', '12', '9.all', 'of-others'].toSorted())
  }))

test('a batch that is told again is no other one', (t) =>
  inFolder(async (folder) => {
    const { log } = await ReadLog.open(folder)
    for (let times = 0; times < 25; times++) await log.add(0, [file(0)], () => [file(0)])
    t.deepEqual(await readdir(folder), ['0'])
  }))
