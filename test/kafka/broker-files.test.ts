import fs, { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { OffsetStore } from '../../connectors/kafka/broker/groups/offset-store.js'
import { OpenFiles } from '../../connectors/kafka/broker/log/open-files.js'
import { PartitionLog } from '../../connectors/kafka/broker/log/partition-log.js'
import { recordBatch } from '../support/record-batches.js'

const withFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-files-'))
  await body(folder).finally(() => rm(folder, { recursive: true, force: true }))
}

const line = (topic: string, offset: string, metadata = '') => ({ group: 'g', topic, partition: 0, offset, metadata })

test('the file that was used longest ago is closed first', (t) =>
  withFolder(async (folder) => {
    const files = new OpenFiles(2)
    const handleOf = (name: string) => files.use(join(folder, name), async (handle) => handle)
    const [first, second] = [await handleOf('a'), await handleOf('b')]
    await handleOf('a')
    const third = await handleOf('c')
    t.is(await handleOf('a'), first)
    t.is(await handleOf('c'), third)
    t.not(await handleOf('b'), second)
    for (const name of ['a', 'b', 'c']) await files.close(join(folder, name))
  }))

test('a file that could not be opened is tried again by the next who wants it', (t) =>
  withFolder(async (folder) => {
    const files = new OpenFiles(1)
    const path = join(folder, 'later', 'a')
    await t.throwsAsync(
      files.use(path, async () => t.fail()),
      { code: 'ENOENT' },
    )
    await mkdir(join(folder, 'later'))
    t.is(await files.use(path, async () => 7), 7)
    await files.close(path)
  }))

test('what is committed after the file was written anew is there at the next start', (t) =>
  withFolder(async (folder) => {
    const path = join(folder, 'offsets')
    const store = await OffsetStore.open(path)
    await store.commit([line('kept', '1'), line('gone', '2')])
    await store.forget('gone')
    await store.commit([line('kept', '3'), line('other', '4')])
    await store.close()
    const again = await OffsetStore.open(path)
    t.deepEqual(
      ['kept', 'gone', 'other'].map((topic) => again.get('g', topic, 0)?.offset),
      ['3', undefined, '4'],
    )
    await again.close()
  }))

test('offsets are of a group, a topic and a partition, and a group of which none is left is none', (t) =>
  withFolder(async (folder) => {
    const store = await OffsetStore.open(join(folder, 'offsets'))
    const of = (group: string, topic: string, partition: number, offset: string) => ({
      ...{ group, topic, partition, offset, metadata: '' },
    })
    await store.commit([of('g', 'a', 11, '1'), of('g', 'a1', 1, '2'), of('h', 'a', 11, '3'), of('g', 'a', 1, '4')])
    const offsets = () =>
      [
        ['g', 'a', 11],
        ['g', 'a1', 1],
        ['h', 'a', 11],
        ['g', 'a', 1],
      ].map(([group, topic, partition]) => store.get(String(group), String(topic), Number(partition))?.offset)
    t.deepEqual(offsets(), ['1', '2', '3', '4'])
    await store.forget('a')
    t.deepEqual(offsets(), [undefined, '2', undefined, undefined])
    t.deepEqual(store.groups(), ['g'])
    await store.close()
  }))

test('a file of offsets that are committed again and again is written anew when it has grown', (t) =>
  withFolder(async (folder) => {
    const path = join(folder, 'offsets')
    const store = await OffsetStore.open(path)
    const metadata = 'm'.repeat(1 << 20)
    for (let i = 0; i < 12; i++) await store.commit([line('t', String(i), metadata)])
    t.true((await stat(path)).size < 6 << 20)
    t.is(store.get('g', 't', 0)?.offset, '11')
    await store.close()
  }))

/** Fails once when it is told to. */
class FailingFiles extends OpenFiles {
  isFailing = false

  override async close(path: string): Promise<void> {
    const isFailing = this.isFailing
    this.isFailing = false
    if (isFailing) throw new Error('no close')
    await super.close(path)
  }
}

/** Folders that cannot be flushed the next time. */
const unflushed = new Set<string>()
const { open } = fs
Object.assign(fs, {
  open: async (...args: Parameters<typeof open>) => {
    if (unflushed.delete(String(args[0]))) throw new Error('no flush')
    return await open(...args)
  },
})
syncBuiltinESMExports()

for (const step of ['flush', 'close'] as const) {
  /** A store that could not forget a topic, as that step of it failed. */
  async function refusedStore(t: ExecutionContext, folder: string): Promise<OffsetStore> {
    const files = new FailingFiles(1)
    const store = await OffsetStore.open(join(folder, 'offsets'), files)
    await store.commit([line('kept', '1'), line('gone', '2', 'm'.repeat(1000))])
    if (step === 'close') files.isFailing = true
    else unflushed.add(folder)
    await t.throwsAsync(store.forget('gone'), { message: `no ${step}` })
    t.is(store.get('g', 'gone', 0)?.offset, '2', 'what could not be forgotten is known as before')
    return store
  }
  const offsetsOf = async (folder: string): Promise<readonly (string | undefined)[]> => {
    const again = await OffsetStore.open(join(folder, 'offsets'))
    const offsets = ['kept', 'gone', 'other'].map((topic) => again.get('g', topic, 0)?.offset)
    await again.close()
    return offsets
  }

  test(`what is committed after a file could not be written anew, for want of ${step}, is on the disk, as is what was there before`, (t) =>
    withFolder(async (folder) => {
      const store = await refusedStore(t, folder)
      await store.commit([line('kept', '3')])
      await store.commit([line('other', '4')])
      t.deepEqual(await offsetsOf(folder), ['3', '2', '4'], 'without an orderly end')
      await store.close()
    }))

  test(`what could not be forgotten, for want of ${step}, is there at the next start, also when nothing comes after it`, (t) =>
    withFolder(async (folder) => {
      await (await refusedStore(t, folder)).close()
      t.deepEqual(await offsetsOf(folder), ['1', '2', undefined])
    }))
}

test('a file that cannot be closed before it is replaced stays as it is, also when the process is killed then', (t) =>
  withFolder(async (folder) => {
    const files = new FailingFiles(1)
    const path = join(folder, 'offsets')
    const store = await OffsetStore.open(path, files)
    await store.commit([line('gone', '2')])
    const before = await readFile(path, 'utf8')
    files.isFailing = true
    await t.throwsAsync(store.forget('gone'), { message: 'no close' })
    t.is(await readFile(path, 'utf8'), before)
    await store.close()
  }))

test('of the lines of a file only the last may be torn', (t) =>
  withFolder(async (folder) => {
    const path = join(folder, 'offsets')
    const good = `${JSON.stringify(line('t', '1'))}\n`
    for (const [text, isRefused] of [
      [`${good}{"group":`, false],
      [`${good}{"group":\n`, true],
      [`{"group":\n${good}`, true],
    ] as const) {
      await writeFile(path, text)
      if (isRefused) await t.throwsAsync(OffsetStore.open(path), { message: /CORRUPT_RECORD.*line/ }, text)
      else {
        const store = await OffsetStore.open(path)
        t.is(store.get('g', 't', 0)?.offset, '1')
        await store.close()
      }
    }
  }))

test('a log ends before a batch whose offset does not follow, although the checksum of the batch is right', (t) =>
  withFolder(async (folder) => {
    const path = join(folder, 'log')
    const log = await PartitionLog.open(new OpenFiles(1), path)
    for (let i = 0; i < 3; i++) await log.append(recordBatch({ values: ['a', 'b'] }))
    await log.close()
    const bytes = await readFile(path)
    const second = bytes.length / 3
    bytes.writeBigInt64BE(3n, second)
    await writeFile(path, bytes)
    const again = await PartitionLog.open(new OpenFiles(1), path)
    t.is(again.endOffset, 2n)
    await again.close()
    t.is((await stat(path)).size, second)
  }))

test('who waits for an append is told of one, and of none when the request is taken back', (t) =>
  withFolder(async (folder) => {
    const log = await PartitionLog.open(new OpenFiles(1), join(folder, 'log'))
    const told: string[] = []
    log.onAppend(() => told.push('once'))
    log.onAppend(() => told.push('taken back'))()
    for (let i = 0; i < 2; i++) await log.append(recordBatch({ values: ['a'] }))
    t.deepEqual(told, ['once'])
    await log.close()
  }))
