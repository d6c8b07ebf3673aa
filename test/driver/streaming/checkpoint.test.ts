import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type CheckpointPlace, localCheckpoint } from '../../../common/checkpoint-files.js'
import type { MillraceError } from '../../../common/errors/millrace-error.js'
import { Checkpoint, type CheckpointOptions } from '../../../driver/streaming/checkpoint.js'
import { CheckpointOwner } from '../../../driver/streaming/checkpoint-owner.js'
import { decodeEntry, encodeEntry } from '../../../driver/streaming/log-entry.js'
import { raised, refusal } from '../../support/raised.js'

const signature = (...sources: readonly string[]) => ({ sources, operators: [], watermarkPolicy: 'min' }) as const

const open = (location: string, other: Partial<CheckpointOptions> = {}): Promise<Checkpoint> =>
  Checkpoint.open({
    place: localCheckpoint(location),
    signature: signature('numbers'),
    partitions: 2,
    minBatchesToRetain: 100,
    moveStates: async () => ({}),
    ...other,
  })

async function inDirectory(t: ExecutionContext, body: (location: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-checkpoint-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  await body(join(directory, 'checkpoint'))
}

const batchOf = (batchId: number) => ({
  batchId,
  timeMs: 1000 + batchId,
  from: [batchId * 10],
  until: [batchId * 10 + 10],
  watermarks: { 0: BigInt(batchId), 2: -1n },
  earlierWatermarks: {},
})

/** A checkpoint with so many batches finished, and one more begun. */
async function withBatches(location: string, finished: number): Promise<Checkpoint> {
  const checkpoint = await open(location)
  if (checkpoint.firstPositions === undefined) await checkpoint.writeFirstPositions([0])
  const first = (checkpoint.lastCommit?.batchId ?? -1) + 1
  for (let batchId = first; batchId < finished; batchId++) {
    if (checkpoint.lastOffsets?.batchId !== batchId) await checkpoint.writeOffsets(batchOf(batchId))
    await checkpoint.writeCommit({ batchId, nextWatermarks: { 0: BigInt(batchId) }, states: {} })
  }
  await checkpoint.writeOffsets(batchOf(finished))
  return checkpoint
}

const filesOf = async (location: string): Promise<readonly string[]> => {
  const all = await readdir(location, { recursive: true, withFileTypes: true })
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(location.length + 1))
}

test('a start finds where the one before it came to', (t) =>
  inDirectory(t, async (location) => {
    const { queryId } = await withBatches(location, 2)
    const again = await open(location)
    t.is(again.queryId, queryId)
    t.is(again.epoch, 2)
    t.deepEqual(again.firstPositions, [0])
    t.deepEqual(again.lastOffsets, batchOf(2))
    t.deepEqual(again.lastCommit, {
      batchId: 1,
      nextWatermarks: { 0: 1n },
      states: {},
      oldestBatch: 0,
      entry: 'commits/1',
    })
  }))

test('a checkpoint of another query is refused by name and goes on to belong to its own', (t) =>
  inDirectory(t, async (location) => {
    const owner = await withBatches(location, 1)
    const letters = open(location, { signature: signature('letters') })
    t.regex(
      await refusal(t, letters),
      /STREAMING_CHECKPOINT_MISMATCH.*its sources are numbers, those of this query are letters/,
    )
    await owner.writeCommit({ batchId: 1, nextWatermarks: {}, states: {} })
  }))

const DAMAGED = ['STREAMING_CHECKPOINT_CORRUPT', 'STREAMING_CHECKPOINT_MISSING_METADATA_FILE'] as const

test('each file of the chain that is missing, cut or changed is named at the start', (t) =>
  inDirectory(t, async (location) => {
    await withBatches(location, 3)
    await open(location)
    const sound = `${location}-sound`
    await cp(location, sound, { recursive: true })
    const names = (await filesOf(location)).filter((name) => !name.startsWith('owners'))
    t.is(names.length, 2 + 4 + 3)
    const changed = (text: string): string =>
      text.replace(/\d(?=\D*\n[^\n]*\n$)/, (digit) => String((Number(digit) + 1) % 10))
    const damages: readonly ((path: string) => Promise<void>)[] = [
      (path) => rm(path),
      (path) => writeFile(path, ''),
      async (path) => writeFile(path, (await readFile(path, 'utf8')).slice(0, -3)),
      async (path) => writeFile(path, changed(await readFile(path, 'utf8'))),
      async (path) => writeFile(path, (await readFile(path, 'utf8')).replace('v6', 'v1')),
    ]
    for (const name of names) {
      for (const [i, damage] of damages.entries()) {
        await rm(location, { recursive: true })
        await cp(sound, location, { recursive: true })
        await damage(join(location, name))
        const error = await raised(t, open(location), ...DAMAGED)
        t.true(error.message.includes(join(location, name)), `${name} ${i}: ${error.message}`)
        if (i === damages.length - 1) t.regex(error.message, /a version that can be read, v5 or v6/)
      }
    }
  }))

for (const [when, reopened] of [
  ['right after they were written', false],
  ['after another start', true],
] as const) {
  test(`logs that are removed whole, or their newest entries, are missed ${when}`, (t) =>
    inDirectory(t, async (location) => {
      await withBatches(location, 2)
      if (reopened) await open(location)
      const sound = `${location}-sound`
      await cp(location, sound, { recursive: true })
      const removals: readonly (readonly string[])[] = [
        ['offsets'],
        ['commits'],
        ['sources'],
        ['metadata'],
        ['owners'],
        ['offsets', 'commits'],
        ['offsets', 'commits', 'sources'],
        ['offsets', 'commits', 'sources', 'metadata'],
        ['offsets/2'],
        ['offsets/2', 'commits/1'],
        ['offsets/2', 'commits/1', 'offsets/1'],
      ]
      for (const removed of removals) {
        await rm(location, { recursive: true })
        await cp(sound, location, { recursive: true })
        for (const name of removed) await rm(join(location, name), { recursive: true })
        for (let starts = 0; starts < 2; starts++) {
          await raised(t, open(location), ...DAMAGED)
        }
      }
    }))
}

test('an entry of a copy of the checkpoint that went on otherwise does not fit into the chain', (t) =>
  inDirectory(t, async (location) => {
    const first = await withBatches(location, 1)
    const copy = `${location}-copy`
    await cp(location, copy, { recursive: true })
    const other = await open(copy)
    await other.writeCommit({ batchId: 1, nextWatermarks: { 0: 77n }, states: {} })
    await first.writeCommit({ batchId: 1, nextWatermarks: {}, states: {} })
    await first.writeOffsets(batchOf(2))
    await cp(join(copy, 'commits/1'), join(location, 'commits/1'))
    t.regex(await refusal(t, open(location)), /STREAMING_CHECKPOINT_CORRUPT.*offsets\/2.*commits\/1/)
  }))

test('a batch that does not begin where the one before it ended is refused', (t) =>
  inDirectory(t, async (location) => {
    const checkpoint = await withBatches(location, 1)
    await checkpoint.writeCommit({ batchId: 1, nextWatermarks: {}, states: {} })
    await checkpoint.writeOffsets({ ...batchOf(2), from: [21] })
    t.regex(await refusal(t, open(location)), /STREAMING_CHECKPOINT_CORRUPT.*offsets\/2.*begin/)
    const first = `${location}-first`
    const begun = await open(first)
    await begun.writeFirstPositions([0])
    await begun.writeOffsets({ ...batchOf(0), from: [1] })
    t.regex(await refusal(t, open(first)), /STREAMING_CHECKPOINT_CORRUPT.*offsets\/0.*begin/)
  }))

test('without metadata whatever else of a checkpoint is left is named', (t) =>
  inDirectory(t, async (location) => {
    for (const part of ['sources', 'offsets', 'prepared', 'commits', 'state']) {
      await mkdir(join(location, part), { recursive: true })
      await writeFile(join(location, part, '7'), '')
      const message = await refusal(t, open(location))
      t.regex(message, /^STREAMING_CHECKPOINT_MISSING_METADATA_FILE/)
      t.true(message.includes(join(part, '7')), message)
      await rm(location, { recursive: true })
    }
  }))

/** Local files that note in which folders names were made or changed that are not forced to the disk yet. */
function withDirtyFolders(location: string): { readonly place: CheckpointPlace; readonly dirty: Set<string> } {
  const dirty = new Set<string>()
  const { files } = localCheckpoint(location)
  const changes = (path: string): void => void dirty.add(dirname(resolve(path)))
  const noted = {
    ...files,
    move: (from: string, to: string) => files.move(from, to).then(() => changes(to)),
    makeFolder: (folder: string) => {
      changes(folder)
      return files.makeFolder(folder)
    },
    makeFolders: (folder: string) => {
      for (let at = resolve(folder); at.length > location.length; at = dirname(at)) changes(at)
      return files.makeFolders(folder)
    },
    syncFolder: (folder: string) => files.syncFolder(folder).then(() => void dirty.delete(resolve(folder))),
  }
  return { place: { location, files: noted }, dirty }
}

test('who owns a checkpoint, and where its logs are, is on the disk before anything is added', (t) =>
  inDirectory(t, async (location) => {
    for (let starts = 0; starts < 2; starts++) {
      const claimed = withDirtyFolders(location)
      await CheckpointOwner.claim(claimed.place)
      for (const folder of [location, join(location, 'owners')]) t.false(claimed.dirty.has(folder), folder)
      const opened = withDirtyFolders(location)
      await open(location, { place: opened.place })
      for (const folder of [location, join(location, 'owners')]) t.false(opened.dirty.has(folder), folder)
    }
  }))

test('a start that is late takes no number that was given, also when who had it is forgotten', (t) =>
  inDirectory(t, async (location) => {
    const place = localCheckpoint(location)
    await CheckpointOwner.claim(place)
    let isLate = true
    const list = async (folder: string): Promise<readonly string[]> => {
      const names = await place.files.list(folder)
      if (isLate) {
        isLate = false
        for (let starts = 0; starts < 2; starts++)
          await (await CheckpointOwner.claim(place)).forgetEarlier('metadata/0')
      }
      return names
    }
    const late = await CheckpointOwner.claim({ location, files: { ...place.files, list } })
    t.is(late.epoch, 4)
    await late.assertOwned('metadata/0')
  }))

test('a start that lost the checkpoint removes nothing that the one after it has to know', (t) =>
  inDirectory(t, async (location) => {
    await mkdir(join(location, 'log'), { recursive: true })
    const [first, second] = [await CheckpointOwner.claim(localCheckpoint(location)), localCheckpoint(location)]
    await first.add('log/1', 'entry 1')
    const slept = await CheckpointOwner.claim(second)
    const third = await CheckpointOwner.claim(second)
    await raised(t, slept.forgetEarlier('metadata/0'), 'CONCURRENT_STREAM_LOG_UPDATE')
    t.deepEqual(
      (await third.earlierHeads()).map(({ text }) => text),
      ['entry 1'],
    )
  }))

test('an entry of another batch or of another query is not taken for the one that belongs there', (t) =>
  inDirectory(t, async (location) => {
    await withBatches(location, 2)
    const other = `${location}-other`
    await withBatches(other, 2)
    const own = await readFile(join(location, 'offsets/1'))
    await cp(join(location, 'offsets/0'), join(location, 'offsets/1'))
    t.regex(await refusal(t, open(location)), /STREAMING_CHECKPOINT_CORRUPT.*offsets\/1.*copy of offsets\/0/)
    await cp(join(other, 'offsets/1'), join(location, 'offsets/1'))
    t.regex(await refusal(t, open(location)), /STREAMING_CHECKPOINT_CORRUPT.*offsets\/1.*another|belongs to/)
    await writeFile(join(location, 'offsets/1'), own)
    t.is((await open(location)).lastOffsets?.batchId, 2)
  }))

test('a later start takes the checkpoint: the earlier one is refused at whatever it writes next, and changes nothing', (t) =>
  inDirectory(t, async (location) => {
    const earlier = await withBatches(location, 1)
    const later = await open(location)
    const before = await filesOf(location)
    for (const write of [
      () => earlier.writeCommit({ batchId: 1, nextWatermarks: {}, states: {} }),
      () => earlier.writeOffsets(batchOf(2)),
      () => earlier.assertOwned(1),
    ]) {
      const error = await raised(t, write(), 'CONCURRENT_STREAM_LOG_UPDATE')
      t.true(error.message.includes(location))
    }
    t.deepEqual(await filesOf(location), before)
    await later.assertOwned(1)
    await later.writeCommit({ batchId: 1, nextWatermarks: {}, states: {} })
    t.is((await open(location)).lastCommit?.batchId, 1)
  }))

test('of starts at the same moment one goes on, and the others are told', (t) =>
  inDirectory(t, async (location) => {
    for (let round = 0; round < 5; round++) {
      const starts = await Promise.allSettled(Array.from({ length: 6 }, () => open(location)))
      const refused = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason as MillraceError] : []))
      t.deepEqual(
        [...new Set(refused.map(({ condition }) => condition))].slice(0, 1),
        refused.length ? ['CONCURRENT_STREAM_LOG_UPDATE'] : [],
      )
      const opened = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
      const latest = Math.max(...opened.map(({ epoch }) => epoch))
      for (const checkpoint of opened) {
        const owned = checkpoint.assertOwned(0)
        if (checkpoint.epoch === latest) await owned
        else await t.throwsAsync(owned, { message: /CONCURRENT_STREAM_LOG_UPDATE/ })
      }
      t.is(new Set(opened.map(({ epoch }) => epoch)).size, opened.length)
    }
  }))

test('of different queries that make a checkpoint at the same moment one has it', (t) =>
  inDirectory(t, async (location) => {
    for (let round = 0; round < 10; round++) {
      const place = `${location}-${round}`
      const sources = Array.from({ length: 4 }, (_, i) => [`numbers ${i}`])
      const starts = sources.map((own) => open(place, { signature: signature(...own) }))
      const opened = (await Promise.allSettled(starts)).map(({ status }) => status === 'fulfilled')
      const text = await readFile(join(place, 'metadata/0'), 'utf8')
      for (const [i, own] of sources.entries()) if (opened[i]) t.true(text.includes(own[0]!))
    }
  }))

test('an entry that could not be written, as when the disk was full, hinders no later one', (t) =>
  inDirectory(t, async (location) => {
    const { files } = localCheckpoint(location)
    let [isFull, closed] = [false, 0]
    const place: CheckpointPlace = {
      ...localCheckpoint(location),
      files: {
        ...files,
        create: async (path) => {
          const file = await files.create(path)
          const full = () => Promise.reject(new Error('no space left on device'))
          const close = () => file.close().then(() => void closed++)
          return isFull ? { ...file, append: full, close } : file
        },
      },
    }
    const checkpoint = await open(location, { place })
    isFull = true
    t.regex(await refusal(t, checkpoint.writeFirstPositions([0])), /FAILED_WRITE_FILE.*no space left/)
    t.is(closed, 1)
    isFull = false
    await checkpoint.writeFirstPositions([0])
    await checkpoint.writeOffsets(batchOf(0))
    isFull = true
    t.regex(await refusal(t, checkpoint.writePrepared(0, ['a'])), /FAILED_WRITE_FILE.*no space left/)
    t.deepEqual(checkpoint.prepared(0), [], 'what could not be written was not prepared')
    isFull = false
    await checkpoint.writePrepared(0, ['b'])
    t.deepEqual(checkpoint.prepared(0), [['b']])
    const again = await open(location)
    t.deepEqual([again.firstPositions, again.prepared(0)], [[0], [['b']]])
  }))

test('a query that is changed while another start takes the checkpoint is compared with what it is by then', (t) =>
  inDirectory(t, async (location) => {
    await withBatches(location, 1)
    const { files } = localCheckpoint(location)
    let isFirst = true
    const makeFolders: typeof files.makeFolders = async (folder) => {
      // Another query begins here anew, between the look at the checkpoint and the claim to it.
      if (isFirst) {
        isFirst = false
        await rm(location, { recursive: true })
        const other = await open(location, { signature: signature('letters') })
        await other.writeFirstPositions([7])
      }
      await files.makeFolders(folder)
    }
    const place: CheckpointPlace = { ...localCheckpoint(location), files: { ...files, makeFolders } }
    t.regex(await refusal(t, open(location, { place })), /STREAMING_CHECKPOINT_MISMATCH/)
  }))

test('an entry that is there is never replaced', (t) =>
  inDirectory(t, async (location) => {
    const checkpoint = await withBatches(location, 1)
    await writeFile(join(location, 'commits', '1'), 'of someone else')
    await raised(
      t,
      checkpoint.writeCommit({ batchId: 1, nextWatermarks: {}, states: {} }),
      'CONCURRENT_STREAM_LOG_UPDATE',
    )
    t.is(await readFile(join(location, 'commits', '1'), 'utf8'), 'of someone else')
  }))

test('a checkpoint that is removed while its query runs is told, and not made again by halves', (t) =>
  inDirectory(t, async (location) => {
    const checkpoint = await withBatches(location, 1)
    await rm(join(location, 'commits'), { recursive: true })
    await raised(
      t,
      checkpoint.writeCommit({ batchId: 1, nextWatermarks: {}, states: {} }),
      'STREAMING_CHECKPOINT_REMOVED',
    )
    await rm(location, { recursive: true })
    const error = await raised(
      t,
      checkpoint.writeCommit({ batchId: 1, nextWatermarks: {}, states: {} }),
      'STREAMING_CHECKPOINT_REMOVED',
    )
    t.true(error.message.includes(location))
    await t.throwsAsync(readdir(location), { code: 'ENOENT' })
    const other = await withBatches(location, 1)
    await raised(
      t,
      checkpoint.writeCommit({ batchId: 1, nextWatermarks: {}, states: {} }),
      'STREAMING_CHECKPOINT_REMOVED',
    )
    await other.writeCommit({ batchId: 1, nextWatermarks: {}, states: {} })
  }))

test('nothing that a killed start left half-written stays behind after the next start', (t) =>
  inDirectory(t, async (location) => {
    const { epoch, runId } = await withBatches(location, 1)
    await writeFile(join(location, 'owners', String(epoch), runId, 'next'), 'v6 half')
    await open(location)
    const left = (await filesOf(location)).filter((name) => !/^(metadata|sources|offsets|commits)\/\d+$/.test(name))
    t.deepEqual(
      left.map((name) => name.replace(/owners\/2\/[^/]+/, 'owners/2/run')),
      ['owners/2/run/head'],
    )
  }))

test('the logs keep the last hundred batches, and of these each is missed', (t) =>
  inDirectory(t, async (location) => {
    const checkpoint = await withBatches(location, 110)
    const kept = async (log: string): Promise<readonly number[]> =>
      (await readdir(join(location, log))).map(Number).toSorted((a, b) => a - b)
    t.is((await kept('offsets'))[0], 9)
    t.is((await kept('commits'))[0], 9)
    await checkpoint.writeCommit({ batchId: 110, nextWatermarks: {}, states: {} })
    // A start that was killed before it had removed what is too old leaves it to the next one.
    await cp(join(location, 'offsets', '10'), join(location, 'offsets', '3'))
    t.is((await open(location)).lastCommit?.batchId, 110)
    t.is((await kept('offsets'))[0], 10)
    await rename(join(location, 'offsets', '10'), join(location, 'moved'))
    t.regex(await refusal(t, open(location)), /STREAMING_CHECKPOINT_CORRUPT.*offsets\/10 /)
  }))

test('what attempts at a batch prepared is found by the next start, as long as the batch is not committed', (t) =>
  inDirectory(t, async (location) => {
    const first = await withBatches(location, 1)
    t.deepEqual(first.prepared(1), [])
    await first.writePrepared(1, [{ id: 'a', producer: 7n }, null])
    await first.writePrepared(1, [{ id: 'b' }])
    const attempts = [[{ id: 'a', producer: 7n }, null], [{ id: 'b' }]]
    t.deepEqual(first.prepared(1), attempts)
    const second = await open(location)
    t.deepEqual(second.prepared(1), attempts)
    t.deepEqual(second.prepared(2), [])
    await raised(t, first.writePrepared(1, []), 'CONCURRENT_STREAM_LOG_UPDATE')
    await second.writePrepared(1, [])
    await second.writeCommit({ batchId: 1, nextWatermarks: {}, states: {} })
    await second.writeOffsets(batchOf(2))
    t.deepEqual((await open(location)).prepared(2), [])
    for (const gone of ['prepared/1.0', 'prepared/1.2']) {
      await rename(join(location, gone), join(location, 'moved'))
      t.regex(await refusal(t, open(location)), /STREAMING_CHECKPOINT_CORRUPT/)
      await rename(join(location, 'moved'), join(location, gone))
    }
  }))

test('the newest entry is the one that was written, not another one that would fit there', (t) =>
  inDirectory(t, async (location) => {
    await withBatches(location, 2)
    const path = join(location, 'offsets/2')
    const { header, lines } = decodeEntry(path, await readFile(path, 'utf8'))
    const [batch, ...ranges] = lines as readonly Readonly<Record<string, unknown>>[]
    await rm(path)
    await writeFile(path, encodeEntry(header, [{ ...batch, timeMs: 7 }, ...ranges]).text)
    t.regex(await refusal(t, open(location)), /offsets\/2.*it was written and is missing now, or was replaced/)
  }))

test('attempts at a batch are found in whatever order their files are listed', (t) =>
  inDirectory(t, async (location) => {
    const first = await withBatches(location, 1)
    for (let attempt = 0; attempt < 12; attempt++) await first.writePrepared(1, [attempt])
    const { files } = localCheckpoint(location)
    const inOrder = async (folder: string) => (await files.list(folder)).toSorted()
    for (const list of [inOrder, async (folder: string) => (await inOrder(folder)).toReversed()]) {
      const checkpoint = await open(location, { place: { location, files: { ...files, list } } })
      t.is(checkpoint.prepared(1).length, 12)
    }
  }))

test('of the entries before the batches that are kept each but the first of a batch belongs behind the one before it', (t) =>
  inDirectory(t, async (location) => {
    const checkpoint = await open(location, { minBatchesToRetain: 2 })
    await checkpoint.writeFirstPositions([0])
    for (let batchId = 0; batchId < 6; batchId++) {
      await checkpoint.writeOffsets(batchOf(batchId))
      await checkpoint.writeCommit({ batchId, nextWatermarks: {}, states: {} })
    }
    t.is((await open(location)).lastCommit?.oldestBatch, 3)
    const path = join(location, 'sources/0')
    const { header, lines } = decodeEntry(path, await readFile(path, 'utf8'))
    await writeFile(path, encodeEntry({ ...header, previous: 'another' }, lines).text)
    t.regex(await refusal(t, open(location)), /sources\/0.*it was not written after the metadata\/0/)
  }))

test('what was prepared goes with the batches that are kept no more', (t) =>
  inDirectory(t, async (location) => {
    const checkpoint = await open(location)
    await checkpoint.writeFirstPositions([0])
    for (let batchId = 0; batchId <= 104; batchId++) {
      await checkpoint.writeOffsets(batchOf(batchId))
      await checkpoint.writePrepared(batchId, [])
      await checkpoint.writeCommit({ batchId, nextWatermarks: {}, states: {} })
    }
    t.is((await readdir(join(location, 'prepared'))).length, 101)
    await cp(join(location, 'prepared', '50.0'), join(location, 'prepared', '3.0'))
    await open(location)
    t.is((await readdir(join(location, 'prepared'))).length, 101)
  }))

test('state that the next batch needs is looked for at the start', (t) =>
  inDirectory(t, async (location) => {
    const parts = { keys: [], values: [], rule: 'for ever' }
    const operators = [{ operatorId: 0, name: 'kept', version: 1, partitions: 2, parts }]
    const own = { signature: { ...signature('numbers'), operators } }
    const checkpoint = await open(location, own)
    await checkpoint.writeFirstPositions([0])
    await checkpoint.writeOffsets(batchOf(0))
    const owner = await open(location, own)
    const version = { file: '0.2.0-x.snapshot', digest: 'd' }
    // The other partition has nothing to keep yet.
    await owner.writeCommit({ batchId: 0, nextWatermarks: {}, states: { 0: [null, version] } })
    const missing = /STREAMING_CHECKPOINT_CORRUPT.*state\/0\/1\/0\.2\.0-x\.snapshot.*it is missing/
    t.regex(await refusal(t, open(location, own)), missing)
    await mkdir(join(location, 'state/0/1'), { recursive: true })
    await writeFile(join(location, 'state/0/1', version.file), '')
    const later = await open(location, own)
    t.deepEqual(later.lastCommit?.states, { 0: [null, version] })
    await later.writeOffsets(batchOf(1))
    await later.writeCommit({ batchId: 1, nextWatermarks: {}, states: { 0: [null] } })
    t.regex(await refusal(t, open(location, own)), /state\/0\/1.*commits\/1 does not say which/)
  }))

/** A query whose state is divided into so many partitions. */
function divided(partitions: number, moveStates: CheckpointOptions['moveStates'] = async () => ({ 0: [] })) {
  const parts = { keys: [], values: [], rule: 'for ever' }
  const operators = [{ operatorId: 0, name: 'kept', version: 1, partitions, parts }]
  return { signature: { ...signature('numbers'), operators }, partitions, moveStates, minBatchesToRetain: 3 }
}

/** A finished batch that leaves a file in each partition. */
async function stateBatch(checkpoint: Checkpoint, batchId: number, partitions: number): Promise<void> {
  const states = await stateFiles(checkpoint.location, partitions, `${batchId}.1.0-x.snapshot`)
  await checkpoint.writeOffsets(batchOf(batchId))
  await checkpoint.writeCommit({ batchId, nextWatermarks: {}, states: { 0: states } })
}

function stateFiles(location: string, partitions: number, file: string) {
  return Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const folder = join(location, 'state/0', String(partition))
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, file), '')
      return { file, digest: 'd' }
    }),
  )
}

test('a query that is changed goes on from the state that was moved, also when it is killed before its first batch', (t) =>
  inDirectory(t, async (location) => {
    const first = await open(location, divided(4))
    await first.writeFirstPositions([0])
    for (const batchId of [0, 1]) await stateBatch(first, batchId, 4)
    await first.writeOffsets(batchOf(2))
    const failing = divided(2, () => Promise.reject(new Error('killed')))
    await t.throwsAsync(open(location, failing), { message: 'killed' })
    t.deepEqual((await open(location, divided(4))).states[0], await stateFiles(location, 4, '1.1.0-x.snapshot'))
    const moved = await stateFiles(location, 2, '1.5.0-m.snapshot')
    const seen: unknown[] = []
    const moving = divided(2, async (from, moves) => {
      seen.push(
        from.batchId,
        moves.map(({ operatorId, partitions }) => [operatorId, partitions]),
      )
      return { 0: moved }
    })
    t.deepEqual((await open(location, moving)).states, { 0: moved })
    t.deepEqual(seen, [1, [[0, 2]]])
    const again = await open(location, divided(2, failing.moveStates))
    t.deepEqual(again.states, { 0: moved })
    t.is(await Checkpoint.partitions(localCheckpoint(location)), 2)
    // Changed again before a batch has run, it is moved from what the last batch left.
    const third = await open(
      location,
      divided(3, async () => ({ 0: await stateFiles(location, 3, '1.9.0-m.snapshot') })),
    )
    t.is(third.states[0]?.length, 3)
    await third.writeCommit({ batchId: 2, nextWatermarks: {}, states: third.states })
    t.deepEqual((await open(location, divided(3, failing.moveStates))).lastCommit?.states, third.states)
    t.deepEqual((await readdir(join(location, 'metadata'))).toSorted(), ['0', '1', '2'])
  }))

test('each version of a query is verified with the logs, and partitions that no batch to be kept has are removed', (t) =>
  inDirectory(t, async (location) => {
    const first = await open(location, divided(4))
    await first.writeFirstPositions([0])
    await stateBatch(first, 0, 4)
    const move = async () => ({ 0: await stateFiles(location, 2, '0.2.0-m.snapshot') })
    const second = await open(location, divided(2, move))
    await stateBatch(second, 1, 2)
    const sound = `${location}-sound`
    for (const batchId of [2, 3, 4, 5, 6]) {
      const checkpoint = await open(location, divided(2))
      const folders = (await readdir(join(location, 'state/0'))).length
      t.is(folders, batchId < 5 ? 4 : 2, 'batch 0 had four, which is kept until batch 4 is done')
      await rm(sound, { recursive: true, force: true })
      await cp(location, sound, { recursive: true })
      for (const damage of [
        (path: string) => rm(path),
        async (path: string) => writeFile(path, (await readFile(path, 'utf8')).replace('"since":1', '"since":2')),
        (path: string) => cp(join(location, 'metadata/0'), path),
      ]) {
        await damage(join(sound, 'metadata/1'))
        t.regex(await refusal(t, open(sound, divided(2))), /metadata\/1/)
        await cp(join(location, 'metadata/1'), join(sound, 'metadata/1'))
      }
      await stateBatch(checkpoint, batchId, 2)
    }
    await open(location, divided(2))
    t.deepEqual((await readdir(join(location, 'state/0'))).toSorted(), ['0', '1'])
    t.false((await readdir(join(location, 'commits'))).includes('1'))
    const third = await open(
      location,
      divided(3, async () => ({ 0: await stateFiles(location, 3, '6.9.0-m.snapshot') })),
    )
    await stateBatch(third, 7, 3)
    await open(location, divided(3))
    await rm(join(location, 'metadata/1'))
    t.regex(await refusal(t, open(location, divided(3))), /metadata\/1.*it is missing, although there is a later one/)
  }))

test('a start knows what those before it wrote last, and nothing of those after it', (t) =>
  inDirectory(t, async (location) => {
    await mkdir(join(location, 'log'), { recursive: true })
    const owners: CheckpointOwner[] = []
    for (let i = 1; i <= 3; i++) {
      owners.push(await CheckpointOwner.claim(localCheckpoint(location)))
      await owners.at(-1)!.add(`log/${i}`, `entry ${i}`)
    }
    const heads = await Promise.all(owners.map((owner) => owner.earlierHeads()))
    t.deepEqual(
      heads.map((known) => known.map(({ text }) => text)),
      [[], ['entry 1'], ['entry 2', 'entry 1']],
    )
    const last = await CheckpointOwner.claim(localCheckpoint(location))
    await last.forgetEarlier('log/3')
    const next = await CheckpointOwner.claim(localCheckpoint(location))
    t.deepEqual(
      (await next.earlierHeads()).map(({ text }) => text),
      ['entry 3'],
      'the newest entry is known on',
    )
  }))
