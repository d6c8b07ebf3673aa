import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { localCheckpoint } from '../../../common/checkpoint-files.js'
import { Checkpoint } from '../../../driver/streaming/checkpoint.js'
import { committedBatches, readCommit, readQuery } from '../../../driver/streaming/checkpoint-chain.js'
import { DueCommit } from '../../../driver/streaming/due-commit.js'
import { decodeEntry, encodeEntry } from '../../../driver/streaming/log-entry.js'
import { raised, refusal } from '../../support/raised.js'

const open = (location: string, minBatchesToRetain = 100): Promise<Checkpoint> =>
  Checkpoint.open({
    place: localCheckpoint(location),
    signature: { sources: ['numbers'], operators: [], watermarkPolicy: 'min' },
    partitions: 2,
    minBatchesToRetain,
    moveStates: async () => ({}),
  })

async function inDirectory(t: ExecutionContext, body: (location: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-carried-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  await body(join(directory, 'checkpoint'))
}

const batchOf = (batchId: number) => ({
  batchId,
  timeMs: 1000 + batchId,
  slots: 2 + batchId,
  from: [batchId * 10],
  until: [batchId * 10 + 10],
  watermarks: {},
  earlierWatermarks: {},
})

const endOf = (batchId: number) => ({ batchId, nextWatermarks: { 0: BigInt(batchId) }, states: {} })

/** Batches up to one that is begun, each told to be finished by the offsets of the next one, but those that are told by an entry of their own. */
async function withBatches(
  location: string,
  last: number,
  { own = [] as readonly number[], retained = 100 } = {},
): Promise<Checkpoint> {
  const checkpoint = await open(location, retained)
  await checkpoint.writeFirstPositions([0])
  await checkpoint.writeOffsets(batchOf(0))
  for (let batchId = 1; batchId <= last; batchId++) {
    const isOwn = own.includes(batchId - 1)
    if (isOwn) await checkpoint.writeCommit(endOf(batchId - 1))
    await checkpoint.writeOffsets({ ...batchOf(batchId), ...(isOwn ? {} : { ended: endOf(batchId - 1) }) })
  }
  return checkpoint
}

test('a start finds how the last batch ended where it is told: by the offsets behind it, or by an entry of its own', (t) =>
  inDirectory(t, async (location) => {
    const checkpoint = await withBatches(location, 3, { own: [1] })
    t.deepEqual(await readdir(join(location, 'commits')), ['1'])
    const again = await open(location)
    t.like(again.lastOffsets, { batchId: 3, slots: 5 })
    t.deepEqual(again.lastCommit, { ...endOf(2), oldestBatch: 0, entry: 'offsets/3' })
    await raised(t, checkpoint.writeCommit(endOf(3)), 'CONCURRENT_STREAM_LOG_UPDATE')
    await again.writeCommit(endOf(3))
    t.deepEqual((await open(location)).lastCommit, { ...endOf(3), oldestBatch: 0, entry: 'commits/3' })
  }))

test('the batches that are committed, and how each ended, are told whichever entry has it', (t) =>
  inDirectory(t, async (location) => {
    const checkpoint = await withBatches(location, 3, { own: [1] })
    const place = localCheckpoint(location)
    const query = (await readQuery(place))!
    t.deepEqual(await committedBatches(place), [0, 1, 2])
    for (const [batchId, entry] of ['offsets/1', 'commits/1', 'offsets/3'].entries())
      t.deepEqual(await readCommit(place, batchId, query), { ...endOf(batchId), oldestBatch: 0, entry })
    t.is(await readCommit(place, 3, query), undefined)
    await checkpoint.writeCommit(endOf(3))
    t.deepEqual(await committedBatches(place), [0, 1, 2, 3])
  }))

test('each entry that is missing, cut or changed is named also where offsets tell of the batch before', (t) =>
  inDirectory(t, async (location) => {
    await withBatches(location, 3, { own: [1] })
    const sound = `${location}-sound`
    await cp(location, sound, { recursive: true })
    const damages: readonly ((path: string) => Promise<void>)[] = [
      (path) => rm(path),
      async (path) => writeFile(path, (await readFile(path, 'utf8')).slice(0, -3)),
      async (path) => writeFile(path, (await readFile(path, 'utf8')).replace(/"from"/, '"From"')),
      async (path) => writeFile(path, (await readFile(path, 'utf8')).replace(/"nextWatermarks"/, '"next"')),
    ]
    const damaged: string[] = []
    for (const name of ['offsets/0', 'offsets/1', 'commits/1', 'offsets/2', 'offsets/3'])
      for (const [i, damage] of damages.entries()) {
        await rm(location, { recursive: true })
        await cp(sound, location, { recursive: true })
        await damage(join(location, name))
        if (
          (await readFile(join(location, name), 'utf8').catch(() => '')) === (await readFile(join(sound, name), 'utf8'))
        )
          continue
        damaged.push(name)
        const error = await raised(t, open(location), 'STREAMING_CHECKPOINT_CORRUPT')
        t.true(error.message.includes(join(location, name)), `${name} ${i}: ${error.message}`)
      }
    t.is(damaged.length, 3 + 4 + 3 + 3 + 4)
  }))

test('for how many slots a batch is divided is a number of them, or not said', (t) =>
  inDirectory(t, async (location) => {
    await withBatches(location, 1)
    const path = join(location, 'offsets/1')
    const { header, lines } = decodeEntry(path, await readFile(path, 'utf8'))
    const [first, ...ranges] = lines as readonly object[]
    for (const slots of [0, -1, 1.5, '2', null]) {
      await writeFile(path, encodeEntry(header, [{ ...first, slots }, ...ranges]).text)
      t.regex(await refusal(t, open(location)), /STREAMING_CHECKPOINT_CORRUPT.*offsets\/1.*what a batch reads/)
    }
  }))

test('what offsets tell of the batch before has to be whole, and the first batch has none before it', (t) =>
  inDirectory(t, async (location) => {
    await withBatches(location, 1)
    const path = join(location, 'offsets/1')
    const { header, lines } = decodeEntry(path, await readFile(path, 'utf8'))
    const [first, ...ranges] = lines as readonly { readonly ended: object }[]
    for (const ended of [null, 7, {}, { ...first!.ended, oldestBatch: 1 }, { ...first!.ended, states: 3 }]) {
      await writeFile(path, encodeEntry(header, [{ ...first, ended }, ...ranges]).text)
      t.regex(
        await refusal(t, open(location)),
        /STREAMING_CHECKPOINT_CORRUPT.*offsets\/1.*does not say how a batch ended/,
      )
    }
    const other = `${location}-first`
    const checkpoint = await open(other)
    await checkpoint.writeFirstPositions([0])
    await checkpoint.writeOffsets({ ...batchOf(0), ended: endOf(-1) })
    t.regex(await refusal(t, open(other)), /STREAMING_CHECKPOINT_CORRUPT.*offsets\/0.*does not say how a batch ended/)
  }))

test('offsets that tell how the batch before them ended let go of batches that are kept no more', (t) =>
  inDirectory(t, async (location) => {
    const checkpoint = await withBatches(location, 6, { own: [1], retained: 2 })
    const kept = async (log: string): Promise<readonly string[]> => (await readdir(join(location, log))).toSorted()
    t.deepEqual(await kept('offsets'), ['3', '4', '5', '6'])
    t.deepEqual(await kept('commits'), [])
    t.deepEqual(await committedBatches(localCheckpoint(location)), [3, 4, 5])
    await checkpoint.writeCommit(endOf(6))
    t.deepEqual(await kept('offsets'), ['4', '5', '6'])
    t.like((await open(location, 2)).lastCommit, { batchId: 6, oldestBatch: 4 })
  }))

/** Makes a checkpoint what the version before wrote: the same lines under its name, which did not say for how many slots batches are divided. */
async function asWrittenBefore(location: string, entries: readonly string[]): Promise<void> {
  let previous: string | null = null
  for (const name of entries) {
    const path = join(location, name)
    const { header, lines } = decodeEntry(path, await readFile(path, 'utf8'))
    const before = lines.map((line) => {
      if (typeof line !== 'object') return line
      const { slots: _, ...left } = line as { readonly slots?: number }
      return left
    })
    const text: string = encodeEntry({ ...header, previous }, before).text.replace(/^v6\n/, 'v5\n')
    const body: string = text.slice(0, text.lastIndexOf('sha256:'))
    previous = createHash('sha256').update(body).digest('hex')
    await writeFile(path, `${body}sha256:${previous}\n`)
  }
}

test('a checkpoint that the version before wrote is read and goes on', (t) =>
  inDirectory(t, async (location) => {
    await withBatches(location, 2, { own: [0, 1] })
    await asWrittenBefore(location, [
      'metadata/0',
      'sources/0',
      'offsets/0',
      'commits/0',
      'offsets/1',
      'commits/1',
      'offsets/2',
    ])
    t.true((await readFile(join(location, 'offsets/2'), 'utf8')).startsWith('v5\n'))
    const checkpoint = await open(location)
    t.is(checkpoint.lastOffsets?.slots, undefined)
    t.deepEqual(checkpoint.lastCommit, { ...endOf(1), oldestBatch: 0, entry: 'commits/1' })
    await checkpoint.writeOffsets({ ...batchOf(3), ended: endOf(2) })
    t.like((await open(location)).lastCommit, { batchId: 2, entry: 'offsets/3' })
  }))

/** What is written to a checkpoint that fails as often as is wanted, and how many waits have not ended. */
function recorded(failures = 0) {
  const written: unknown[] = []
  let left = failures
  const write = async (what: unknown): Promise<void> => {
    written.push(what)
    if (left-- > 0) throw new Error('the disk is full')
  }
  const checkpoint = {
    writeCommit: ({ batchId }: { batchId: number }) => write(`commit ${batchId}`),
    writeOffsets: ({ batchId, ended }: { batchId: number; ended?: { batchId: number } }) =>
      write(`offsets ${batchId} ended ${ended?.batchId}`),
  } as unknown as Checkpoint
  let late: () => void = () => undefined
  let waits = 0
  const sleep = (_: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      waits++
      late = resolve
      signal.addEventListener('abort', () => {
        waits--
        resolve()
      })
    })
  const due = new DueCommit(checkpoint, { nowMs: () => 0, sleep })
  return { due, written, late: () => late(), waits: () => waits }
}

test('a commit waits for the next batch as long as it is soon told whether there is one', async (t) => {
  const { due, written, late, waits } = recorded()
  const after: unknown[] = []
  const add = (batchId: number): void => due.add(endOf(batchId), async (tookMs) => void after.push([batchId, tookMs]))
  t.is(await due.beside(Promise.resolve('nothing is due')), 'nothing is due')
  add(0)
  t.is(await due.beside(Promise.resolve('a plan')), 'a plan')
  t.is(waits(), 0, 'nothing is waited for any more')
  t.true(due.isDue)
  await due.writeWith(batchOf(1))
  t.deepEqual(written, ['offsets 1 ended 0'])
  add(1)
  let plan: (text: string) => void = () => undefined
  const planning = due.beside(new Promise<string>((resolve) => (plan = resolve)))
  late()
  while (due.isDue) await new Promise((resolve) => setImmediate(resolve))
  t.deepEqual(written, ['offsets 1 ended 0', 'commit 1'])
  plan('late')
  t.is(await planning, 'late')
  await due.writeWith(batchOf(2))
  await due.write()
  t.deepEqual(written.slice(2), ['offsets 2 ended undefined'])
  t.deepEqual(after, [
    [0, undefined],
    [1, 0],
  ])
})

test('a commit is written when asking for the next batch fails, and what was tried once is not tried again', async (t) => {
  const { due, written } = recorded()
  due.add(endOf(0), async () => undefined)
  await t.throwsAsync(due.beside(Promise.reject(new Error('away'))), { message: 'away' })
  t.deepEqual(written, ['commit 0'])
  const full = recorded(1)
  full.due.add(endOf(0), async () => t.fail('it is not on the disk'))
  await t.throwsAsync(full.due.writeWith(batchOf(1)), { message: 'the disk is full' })
  await full.due.write()
  t.deepEqual(full.written, ['offsets 1 ended 0'])
})

test('a commit is due until it is on the disk and what follows it is done, and for ever when it could not be written', async (t) => {
  for (const write of [(due: DueCommit) => due.write(), (due: DueCommit) => due.writeWith(batchOf(1))]) {
    const { due } = recorded()
    let follow: () => void = () => undefined
    due.add(endOf(0), () => new Promise((resolve) => (follow = resolve)))
    const writing = write(due)
    t.true(due.isDue)
    await new Promise((resolve) => setImmediate(resolve))
    t.true(due.isDue)
    follow()
    await writing
    t.false(due.isDue)
    const failing = recorded(1).due
    failing.add(endOf(0), async () => undefined)
    await t.throwsAsync(write(failing), { message: 'the disk is full' })
    t.true(failing.isDue)
  }
})

test('where planning fails, why it did is told, also when the commit before it cannot be written', async (t) => {
  const { due, written } = recorded(1)
  due.add(endOf(0), async () => undefined)
  await t.throwsAsync(due.beside(Promise.reject(new Error('no broker'))), { message: 'no broker' })
  t.deepEqual(written, ['commit 0'])
})
