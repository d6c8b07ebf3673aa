import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { CommitLog } from '../../connectors/files/commit/commit-log.js'
import {
  committedBelow,
  committedFiles,
  LOG_FOLDER,
  readBatches,
  readLog,
} from '../../connectors/files/commit/commit-log-reader.js'
import { formatBatches } from '../../connectors/files/commit/log-entry.js'
import { temporaryDirectory } from '../parquet/support.js'

const root = temporaryDirectory()
const newDirectory = (): string => mkdtempSync(join(root, 'log-'))

const filesOf = (batchId: number): readonly string[] => [`${batchId}-a`, `${batchId}-b`]
const logFiles = (directory: string): readonly string[] =>
  readdirSync(join(directory, LOG_FOLDER)).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))

async function logged(directory: string, from: number, to: number): Promise<CommitLog> {
  const log = await CommitLog.open(directory, 'q')
  for (let batchId = from; batchId < to; batchId++) await log.add({ batchId, files: filesOf(batchId) })
  return log
}

async function isWhole(t: ExecutionContext, directory: string, batches: number): Promise<void> {
  const expected = Array.from({ length: batches }, (_, batchId) => filesOf(batchId)).flat()
  t.deepEqual(await committedFiles(directory), expected)
}

async function conditionOf(run: Promise<unknown>): Promise<string> {
  try {
    await run
    return 'none'
  } catch (error) {
    return MillraceError.is(error) ? error.condition : String(error)
  }
}

test('a log is whole after every batch, and is compacted into few files', async (t) => {
  const directory = newDirectory()
  const log = await CommitLog.open(directory, 'q')
  for (let batchId = 0; batchId < 230; batchId++) {
    await log.add({ batchId, files: filesOf(batchId) })
    if (batchId % 7 === 0 || batchId % 10 > 7) await isWhole(t, directory, batchId + 1)
  }
  const names = logFiles(directory)
  t.deepEqual(
    names.filter((name) => name.endsWith('.compact')),
    [
      '99.compact',
      ...[10, 11, 12, 13, 14, 15, 16, 17, 18].map((tens) => `${tens}9.compact`),
      '199.compact',
      '209.compact',
      '219.compact',
      '229.compact',
    ],
  )
  t.deepEqual(
    names.filter((name) => !name.endsWith('.compact')),
    Array.from({ length: 10 }, (_, i) => String(220 + i)),
  )
})

test('a batch reads and writes as much after a thousand batches as at first', async (t) => {
  const directory = newDirectory()
  const folder = join(directory, LOG_FOLDER)
  await logged(directory, 0, 1010)
  t.is((await readLog(directory))?.length, 1010)
  // One of a thousand batches and what it was made of last, and twice ten entries.
  t.true(logFiles(directory).length <= 2 + 9 + 9 + 20, logFiles(directory).join(' '))
  const log = await CommitLog.open(directory, 'q')
  // Whatever is older is not looked at: it may even be gone.
  for (const name of logFiles(directory)) if (Number.parseInt(name, 10) < 1009) unlinkSync(join(folder, name))
  for (let batchId = 1010; batchId < 1040; batchId++) {
    await log.checkIntact()
    await log.add({ batchId, files: filesOf(batchId) })
  }
  t.is(log.latest, 1039)
  t.is(await conditionOf(readLog(directory)), 'FAILED_READ_FILE')
})

test('of two drivers one makes the entry, the other fails, and what was logged stays', async (t) => {
  const directory = newDirectory()
  const [a, b] = [await logged(directory, 0, 3), await CommitLog.open(directory, 'q')]
  await a.add({ batchId: 3, files: ['of-a'] })
  t.is(await conditionOf(b.add({ batchId: 3, files: ['of-b'] })), 'CONCURRENT_STREAM_LOG_UPDATE')
  t.deepEqual((await committedFiles(directory))?.at(-1), 'of-a')
  t.is(await a.holderOf({ batchId: 3, files: ['of-a'] }), 'us')
  t.is(await b.holderOf({ batchId: 3, files: ['of-b'] }), 'another')
  t.is(await a.holderOf({ batchId: 4, files: [] }), 'nobody')
  await a.add({ batchId: 4, files: [] })
  t.is(await b.holderOf({ batchId: 4, files: [] }), 'another', 'nothing tells whose it is')
  for (const stray of ['77.tmp', '78.compact.tmp', '79x']) writeFileSync(join(directory, LOG_FOLDER, stray), 'no entry')
  t.is((await CommitLog.open(directory, 'q')).latest, 4)
})

test('a driver that slept for so long that its entry was compacted away and removed fails as well', async (t) => {
  const directory = newDirectory()
  const sleeping = await logged(directory, 0, 4)
  await logged(directory, 4, 30)
  t.false(logFiles(directory).includes('4'))
  t.is(await sleeping.holderOf({ batchId: 4, files: ['late'] }), 'another')
  t.is(await conditionOf(sleeping.add({ batchId: 4, files: ['late'] })), 'CONCURRENT_STREAM_LOG_UPDATE')
  t.false(logFiles(directory).includes('4'))
  await isWhole(t, directory, 30)
})

test('a compacted file that a crash kept from being made is done without', async (t) => {
  const directory = newDirectory()
  await logged(directory, 0, 10)
  unlinkSync(join(directory, LOG_FOLDER, '9.compact'))
  await isWhole(t, directory, 10)
  await logged(directory, 10, 120)
  await isWhole(t, directory, 120)
  t.true(logFiles(directory).includes('99.compact'))
})

test('an entry that is missing is not hidden by putting those around it together', async (t) => {
  const directory = newDirectory()
  const log = await logged(directory, 0, 9)
  unlinkSync(join(directory, LOG_FOLDER, '3'))
  await log.add({ batchId: 9, files: filesOf(9) })
  t.deepEqual(
    logFiles(directory),
    [0, 1, 2, 4, 5, 6, 7, 8, 9].map((id) => `${id}`),
  )
})

test('a file of the log has a thousand batches at most', async (t) => {
  const directory = newDirectory()
  const log = await CommitLog.open(directory, 'q')
  for (const batchId of [8_500, 9_500, 9_999]) await log.add({ batchId, files: filesOf(batchId) })
  const batches = await readBatches(join(directory, LOG_FOLDER, '9999.compact'))
  t.deepEqual(
    batches?.map(({ batchId }) => batchId),
    [9_500, 9_999],
  )
})

test('a missing entry is named instead of passed over', async (t) => {
  const directory = newDirectory()
  await logged(directory, 0, 6)
  unlinkSync(join(directory, LOG_FOLDER, '3'))
  await t.throwsAsync(readLog(directory), { message: /FAILED_READ_FILE.*lacks the entry of batch 3/ })
})

test('an entry names the one before it, also where numbers of batches are passed over', async (t) => {
  const directory = newDirectory()
  const log = await CommitLog.open(directory, 'q')
  for (const batchId of [2, 3, 7]) await log.add({ batchId, files: filesOf(batchId) })
  t.deepEqual(await committedFiles(directory), [2, 3, 7].flatMap(filesOf))
  t.deepEqual(
    (await readLog(directory))?.map(({ previous }) => previous),
    [null, 2, 3],
  )
})

test('a query whose log vanishes while it runs fails, and does not begin anew in silence', async (t) => {
  const directory = newDirectory()
  const log = await logged(directory, 0, 3)
  await log.checkIntact()
  rmSync(join(directory, LOG_FOLDER), { recursive: true })
  await t.throwsAsync(log.checkIntact(), { message: /FAILED_WRITE_FILE.*entry of the last batch is gone/ })
})

test('a changed, cut or renamed entry is refused', async (t) => {
  const directory = newDirectory()
  await logged(directory, 0, 2)
  const path = join(directory, LOG_FOLDER, '1')
  const text = readFileSync(path, 'utf8')
  for (const damaged of [
    '',
    'v1\n',
    text.slice(0, -2),
    text.replace('1-a', '1-x'),
    text.replace('v2', 'v3'),
    `${text}x`,
  ]) {
    writeFileSync(path, damaged)
    t.is(await conditionOf(readLog(directory)), 'FAILED_READ_FILE', damaged)
  }
  const itself = { queryId: 'q', batchId: 1, previous: 1, files: filesOf(1) }
  writeFileSync(path, formatBatches([itself]))
  t.is(await conditionOf(readLog(directory)), 'FAILED_READ_FILE', 'an entry before itself')
  writeFileSync(path, text)
  renameSync(path, join(directory, LOG_FOLDER, '7'))
  await t.throwsAsync(readLog(directory), { message: /has the batch 1 where 7 belongs/ })
})

test('a file name that leads out of the directory is refused', async (t) => {
  for (const name of ['../other/x.parquet', '/etc/x', 'a/b', '..', '.', '', 'a\\b', 'a\0b']) {
    const directory = newDirectory()
    mkdirSync(join(directory, LOG_FOLDER))
    const entry = { queryId: 'q', batchId: 0, previous: null, files: [name] }
    writeFileSync(join(directory, LOG_FOLDER, '0'), formatBatches([entry]))
    await t.throwsAsync(committedFiles(directory), { message: /FAILED_READ_FILE.*outside of its directory/ }, name)
  }
})

test('of a folder of partitions the files in it are told, not those of one whose name begins alike', async (t) => {
  const directory = newDirectory()
  const log = await CommitLog.open(directory, 'q')
  await log.add({ batchId: 0, files: ['a=1/b=1/x', 'a=10/b=1/y', 'a=1/b=2/z'] })
  for (const [folder, names] of [
    ['a=1', ['b=1/x', 'b=2/z']],
    ['a=10', ['b=1/y']],
    ['a=1/b=2', ['z']],
  ] as const)
    t.deepEqual(await committedBelow(join(directory, folder)), names)
})

test('a log folder that is a symbolic link is not written to', async (t) => {
  const [directory, other] = [newDirectory(), newDirectory()]
  symlinkSync(other, join(directory, LOG_FOLDER))
  await t.throwsAsync(CommitLog.open(directory, 'q'), { message: /FAILED_WRITE_FILE.*symbolic link/ })
  t.deepEqual(readdirSync(other), [])
})
