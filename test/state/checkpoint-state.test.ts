import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { rowsFromBlock } from '../../columnar/rows.js'
import { field, INT, STRING } from '../../columnar/types.js'
import { type CheckpointFiles, localCheckpointFiles } from '../../common/checkpoint-files.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { StateVersion } from '../../common/state-path.js'
import type { CountedMemory } from '../../connectors/api.js'
import {
  EMPTY_CHAIN as EMPTY,
  keptSnapshots,
  type StateChain,
  type StateFileKind,
  withDelta,
  withSnapshot,
} from '../../executor/pipelines/state-chain.js'
import type { OperatorState, Rebase } from '../../executor/pipelines/task.js'
import { CheckpointState } from '../../executor/state/checkpoint-state.js'

const SCHEMA = { fields: [field('n', INT), field('s', STRING)] }
const block = (...numbers: number[]): Block =>
  blockFromRows(
    SCHEMA,
    numbers.map((n) => ({ n, s: `number ${n}` })),
  )

/** Notes all that was held. */
class Held implements CountedMemory {
  readonly all: number[] = []

  get bytes(): number {
    return this.all.at(-1) ?? 0
  }

  hold(bytes: number): void {
    this.all.push(bytes)
  }
}

interface Attempt {
  readonly batchId: number
  readonly before?: StateVersion | undefined
  readonly rebase?: Rebase
  readonly epoch?: number
  readonly partition?: number
  readonly queryId?: string
  readonly operatorId?: number
  readonly minBatchesToRetain?: number
}

interface Place {
  readonly location: string
  readonly folder: string
  operator(attempt: Attempt): OperatorState
  write(attempt: Attempt, kind: StateFileKind, numbers: readonly number[], chain?: StateChain): Promise<Written>
  /** The numbers of each file, with up to when rows expired. */
  restored(version: StateVersion, attempt?: Partial<Attempt>): Promise<readonly (readonly unknown[])[]>
}

interface Written {
  readonly version: StateVersion
  readonly chain: StateChain
}

async function withState(t: ExecutionContext, body: (place: Place) => Promise<void>): Promise<void> {
  const location = await mkdtemp(join(tmpdir(), 'millrace-state-'))
  t.teardown(() => rm(location, { recursive: true, force: true }))
  await mkdir(join(location, 'state'))
  const operator = (attempt: Attempt): OperatorState => {
    const { batchId, before, epoch = 1, partition = 3, queryId = 'q', operatorId = 7 } = attempt
    const { minBatchesToRetain = 2 } = attempt
    const operators = { [operatorId]: before ? { version: before } : {} }
    const inputs = {
      queryId,
      batchId,
      timeMs: 0,
      epoch,
      checkpointLocation: location,
      minBatchesToRetain,
      operators,
    }
    return new CheckpointState(inputs, partition, 0, localCheckpointFiles).operator(operatorId)
  }
  await body({
    location,
    folder: join(location, 'state', '7', '3'),
    operator,
    write: async (attempt, kind, numbers, chain = EMPTY) => {
      const { batchId, rebase } = attempt
      const state = operator(attempt)
      const delta = { expiredMicros: 5n, ...(rebase ? { rebase } : {}) }
      const writer = await state.write(kind, chain, kind === 'delta' ? delta : {})
      await writer.append(numbers.map((n) => block(n)))
      const { version, bytes } = await writer.finish()
      if (kind === 'delta') return { version, chain: withDelta(chain, bytes) }
      return { version, chain: await state.forget(withSnapshot(chain, { from: batchId, oldest: batchId }, bytes)) }
    },
    restored: async (version, attempt = {}) => {
      const parts: (readonly unknown[])[] = []
      for await (const { blocks, expiredMicros } of operator({ batchId: 99, ...attempt }).restore(
        version,
        new Held(),
      )) {
        const rows: unknown[] = []
        for await (const one of blocks) rows.push(...rowsFromBlock(SCHEMA, one).map((row) => row['n']))
        parts.push([...rows, ...(expiredMicros === undefined ? [] : [expiredMicros])])
      }
      return parts
    },
  })
}

/** A snapshot and two deltas. */
async function threeVersions({ write }: Place): Promise<readonly Written[]> {
  const first = await write({ batchId: 0 }, 'snapshot', [1, 2])
  const second = await write({ batchId: 1, before: first.version }, 'delta', [3], first.chain)
  const third = await write({ batchId: 4, before: second.version }, 'delta', [4, 1], second.chain)
  return [first, second, third]
}

test('a version is read as its last snapshot and the deltas behind it, each with what expired', (t) =>
  withState(t, async (place) => {
    const [first, second, third] = await threeVersions(place)
    t.deepEqual(await place.restored(first!.version), [[1, 2]])
    t.deepEqual(await place.restored(second!.version), [
      [1, 2],
      [3, 5n],
    ])
    t.deepEqual(await place.restored(third!.version), [
      [1, 2],
      [3, 5n],
      [4, 1, 5n],
    ])
    t.like(third!.chain, { snapshots: [{ from: 0, oldest: 0 }], deltas: 2 })
    t.is(third!.chain.snapshotBytes, (await stat(join(place.folder, first!.version.file))).size)
  }))

test('a file that is missing, cut, changed, or another is told with its path, whichever of the chain it is', (t) =>
  withState(t, async (place) => {
    const versions = await threeVersions(place)
    const last = versions.at(-1)!.version
    for (const { version } of versions) {
      const path = join(place.folder, version.file)
      const whole = await readFile(path)
      const damages = [
        () => rm(path),
        () => truncate(path, 0),
        () => truncate(path, 100),
        () => truncate(path, whole.length - 1),
        ...[10, 200, whole.length - 3].map((at) => () => writeFile(path, whole.with(at, whole[at]! ^ 1))),
        ...versions
          .filter((other) => other.version !== version)
          .map((other) => () => copyFile(join(place.folder, other.version.file), path)),
      ]
      for (const damage of damages) {
        await damage()
        const error = await t.throwsAsync(place.restored(last))
        t.like(error, { condition: 'STREAMING_CHECKPOINT_CORRUPT', parameters: { path } })
        await writeFile(path, whole)
      }
    }
    t.is((await place.restored(last)).length, 3)
    // Whole and of the right name, but not what was written.
    await t.throwsAsync(place.restored({ ...last, digest: versions[0]!.version.digest }), {
      message: /whose digest is known/,
    })
  }))

test('state of another partition, operator or query is not taken for the own, although its digest is the one that is wanted', (t) =>
  withState(t, async (place) => {
    const { version } = await place.write({ batchId: 0 }, 'snapshot', [1])
    for (const attempt of [{ partition: 4 }, { operatorId: 8 }, { queryId: 'other' }]) {
      const { operatorId = 7, partition = 3 }: Partial<Attempt> = attempt
      const folder = join(place.location, 'state', String(operatorId), String(partition))
      await mkdir(folder, { recursive: true })
      await copyFile(join(place.folder, version.file), join(folder, version.file)).catch(() => undefined)
      await t.throwsAsync(place.restored(version, attempt), {
        message: /STREAMING_CHECKPOINT_CORRUPT.*of another query/,
      })
    }
    const renamed = `9${version.file}`
    await rename(join(place.folder, version.file), join(place.folder, renamed))
    await t.throwsAsync(place.restored({ ...version, file: renamed }), { message: /of another query, operator/ })
  }))

test('state of another format is refused, although its digest is right', (t) =>
  withState(t, async ({ folder, write, restored }) => {
    const { version } = await write({ batchId: 0 }, 'snapshot', [1])
    const bytes = await readFile(join(folder, version.file))
    for (const other of [1, 3]) {
      const text = bytes.subarray(0, -32).toString('latin1')
      const content = Buffer.from(text.replace('"version":2', `"version":${other}`), 'latin1')
      const digest = createHash('sha256').update(content).digest()
      await writeFile(join(folder, version.file), Buffer.concat([content, digest]))
      const changed = { ...version, digest: digest.toString('hex') }
      await t.throwsAsync(restored(changed), { message: /STREAMING_CHECKPOINT_CORRUPT.*format.*can be read, 2/ })
    }
  }))

test('state that makes no sense although its digest is right is told with the path of its file', (t) =>
  withState(t, async ({ operator, restored }) => {
    const { bytes } = block(1, 2)
    for (const damaged of [new Uint8Array(8).fill(9), Uint8Array.from(bytes, (byte, i) => (i < 24 ? byte : 0xff))]) {
      const writer = await operator({ batchId: 0 }).write('snapshot', EMPTY, {})
      await writer.append([{ rows: 2, bytes: damaged }])
      const { version } = await writer.finish()
      const error = await t.throwsAsync(restored(version), { message: /STREAMING_CHECKPOINT_CORRUPT.*0\.1\.0-/ })
      t.like(error, { cause: { condition: 'BLOCK_CORRUPT' } })
    }
  }))

test('files of any size are read with little memory, which counts as that of the task until no more is wanted', (t) =>
  withState(t, async (place) => {
    const many = Array.from({ length: 40 }, (_, i) =>
      blockFromRows(SCHEMA, [{ n: i, s: 'x'.repeat(i === 30 ? 3 << 20 : 150_000) }]),
    )
    const writer = await place.operator({ batchId: 0 }).write('snapshot', EMPTY, {})
    await writer.append(many)
    const { version } = await writer.finish()
    const path = join(place.folder, version.file)
    const held = new Held()
    const read: number[] = []
    for await (const { blocks } of place.operator({ batchId: 5 }).restore(version, held)) {
      t.is(held.bytes, 0, 'a file that was verified is not in memory')
      for await (const one of blocks) {
        t.is(held.bytes >= one.bytes.length, true)
        read.push(...rowsFromBlock(SCHEMA, one).map(({ n }) => Number(n)))
      }
    }
    t.deepEqual(
      read,
      many.map((_, i) => i),
    )
    t.is(held.bytes, 0)
    const most = Math.max(...held.all)
    t.true(most > 3 << 20 && most < (await stat(path)).size / 2, `${most} bytes`)
    const left = new Held()
    for await (const { blocks } of place.operator({ batchId: 5 }).restore(version, left))
      for await (const _ of blocks) break
    t.is(left.bytes, 0)
    const refused = { bytes: 0, hold: (bytes: number) => bytes > 0 && assert.fail('no memory') }
    const reading = place.operator({ batchId: 5 }).restore(version, refused)
    await t.throwsAsync(reading[Symbol.asyncIterator]().next(), { message: 'no memory' })
  }))

test('a late attempt, of the same start or an earlier one, writes files of its own and changes no other', (t) =>
  withState(t, async ({ write, restored }) => {
    const { version: first } = await write({ batchId: 0 }, 'snapshot', [1])
    const { version: second } = await write({ batchId: 1, epoch: 2, before: first }, 'delta', [2])
    const { version: again } = await write({ batchId: 1, epoch: 2, before: first }, 'delta', [3])
    await write({ batchId: 1, epoch: 1, before: first }, 'delta', [4])
    t.deepEqual(await restored(second), [[1], [2, 5n]])
    t.deepEqual(await restored(again), [[1], [3, 5n]])
  }))

test('with a snapshot go the files that no batch to be kept is made of, those of killed and late attempts among them', (t) =>
  withState(t, async ({ write, folder, restored }) => {
    let last = await write({ batchId: 0 }, 'snapshot', [1])
    for (const name of ['0.1.9-killed.delta', '2.9.9-late.snapshot', '5.1.9-late.delta'])
      await writeFile(join(folder, name), '')
    const batches = async (): Promise<readonly number[]> =>
      (await readdir(folder)).map((name) => Number.parseInt(name, 10)).toSorted((a, b) => a - b)
    const go = async (batchId: number, kind: StateFileKind): Promise<void> => {
      last = await write({ batchId, before: last.version }, kind, [batchId], last.chain)
    }
    await go(1, 'delta')
    await go(2, 'snapshot')
    // Of the last two batches before 2, the first needs the snapshot of batch 0.
    t.deepEqual(await batches(), [0, 0, 1, 2, 2, 5])
    await go(3, 'delta')
    t.deepEqual(await batches(), [0, 0, 1, 2, 2, 3, 5])
    await go(4, 'snapshot')
    t.deepEqual(await batches(), [2, 2, 3, 4, 5])
    t.deepEqual(
      last.chain.snapshots.map(({ from }) => from),
      [2, 4],
    )
    t.deepEqual(await restored(last.version), [[4]])
  }))

test('files go, too, when each batch reads its state again, as where tasks of many queries change places', (t) =>
  withState(t, async ({ write, operator, folder }) => {
    let last = await write({ batchId: 0 }, 'snapshot', [0])
    for (let batchId = 1; batchId < 40; batchId++) {
      const before = last.version
      let chain = EMPTY
      for await (const part of operator({ batchId, before }).restore(before, new Held())) chain = part.chain
      last = await write({ batchId, before }, batchId % 3 === 0 ? 'delta' : 'snapshot', [batchId], chain)
      t.true(chain.snapshots.length <= 4, JSON.stringify(chain.snapshots))
    }
    const batches = (await readdir(folder)).map((name) => Number.parseInt(name, 10)).toSorted((a, b) => a - b)
    t.deepEqual(batches, [35, 36, 37, 38, 39])
  }))

test('the snapshots before one are known from its file, so that files go also where more batches are kept than there are between two', (t) =>
  withState(t, async ({ write, operator, folder }) => {
    let last = await write({ batchId: 0 }, 'snapshot', [0])
    for (let batchId = 1; batchId < 20; batchId++) {
      const attempt = { batchId, before: last.version, minBatchesToRetain: 5 }
      let chain = EMPTY
      for await (const part of operator(attempt).restore(last.version, new Held())) chain = part.chain
      last = await write(attempt, 'snapshot', [batchId], chain)
    }
    const batches = (await readdir(folder)).map((name) => Number.parseInt(name, 10)).toSorted((a, b) => a - b)
    t.deepEqual(batches, [14, 15, 16, 17, 18, 19])
  }))

/** Files that note what is done with new ones, and how many are open to be read. */
class NotedFiles {
  readonly calls: string[] = []
  open = 0

  readonly files: CheckpointFiles = {
    ...localCheckpointFiles,
    open: async (path) => {
      const file = await localCheckpointFiles.open(path)
      this.open++
      return { ...file, close: () => file.close().then(() => void this.open--) }
    },
    create: async (path) => {
      const file = await localCheckpointFiles.create(path)
      const noted = <A extends unknown[]>(name: string, call: (...args: A) => Promise<void>) => {
        return (...args: A): Promise<void> => {
          this.calls.push(name)
          return call(...args)
        }
      }
      const [append, finish, close] = [file.append, file.finish, file.close]
      return { ...file, append: noted('append', append), finish: noted('finish', finish), close: noted('close', close) }
    },
  }
}

test('a condition that is met while state is written is told as it is', (t) =>
  withState(t, async ({ location }) => {
    const condition = new MillraceError('INTERNAL_ERROR', { message: 'a key that is no longer there' })
    const files: CheckpointFiles = { ...localCheckpointFiles, create: () => Promise.reject(condition) }
    const inputs = { queryId: 'q', batchId: 0, timeMs: 0, epoch: 1, minBatchesToRetain: 2, operators: { 7: {} } }
    const operator = new CheckpointState({ ...inputs, checkpointLocation: location }, 3, 0, files).operator(7)
    t.is(await t.throwsAsync(operator.write('snapshot', EMPTY, {})), condition)
  }))

test('a version is on disk before it is named, and files that were read are closed', (t) =>
  withState(t, async ({ location }) => {
    const noted = new NotedFiles()
    const inputs = {
      queryId: 'q',
      batchId: 0,
      timeMs: 0,
      epoch: 1,
      checkpointLocation: location,
      minBatchesToRetain: 2,
    }
    const operator = new CheckpointState({ ...inputs, operators: { 7: {} } }, 3, 0, noted.files).operator(7)
    const writer = await operator.write('snapshot', EMPTY, {})
    await writer.append([block(1), block(2)])
    const { version } = await writer.finish()
    t.deepEqual(noted.calls, ['append', 'append', 'append', 'append', 'finish'])
    for await (const { blocks } of operator.restore(version, new Held())) {
      for await (const _ of blocks) t.is(noted.open, 1)
      t.is(noted.open, 0)
    }
    for await (const { blocks } of operator.restore(version, new Held())) for await (const _ of blocks) break
    t.is(noted.open, 0)
    const refused = { bytes: 0, hold: (bytes: number) => bytes > 0 && assert.fail('no memory') }
    await t.throwsAsync(operator.restore(version, refused)[Symbol.asyncIterator]().next(), { message: 'no memory' })
    t.is(noted.open, 0)
  }))

test('a snapshot that was made while batches wrote deltas is read in place of the version that it was begun over', (t) =>
  withState(t, async (place) => {
    const { write, restored, operator, folder } = place
    const [first, second] = [await write({ batchId: 0 }, 'snapshot', [1]), [] as Written[]]
    let last = first
    for (const batchId of [1, 2, 3]) {
      last = await write({ batchId, before: last.version }, 'delta', [batchId * 10], last.chain)
      second.push(last)
    }
    const [over, , before] = second
    // Begun over batch 1, made in batches 2 to 4, and named by the last of them.
    const whole = await write({ batchId: 2, before: over!.version }, 'snapshot', [1, 10, 21], EMPTY)
    const rebase = { over: over!.version, by: whole.version }
    const named = await write({ batchId: 4, before: before!.version, rebase }, 'delta', [40], before!.chain)
    const later = await write({ batchId: 5, before: named.version }, 'delta', [50], named.chain)
    const behind = [
      [20, 5n],
      [30, 5n],
      [40, 5n],
    ]
    t.deepEqual(await restored(named.version), [[1, 10, 21], ...behind])
    t.deepEqual(await restored(later.version), [[1, 10, 21], ...behind, [50, 5n]])
    t.deepEqual(
      await restored(before!.version),
      [[1], [10, 5n], [20, 5n], [30, 5n]],
      'it is nothing to versions before',
    )
    let chain = EMPTY
    for await (const part of operator({ batchId: 6 }).restore(later.version, new Held())) chain = part.chain
    t.like(chain, { snapshots: [{ from: 4, oldest: 2 }], deltas: 4 })
    // Files that batch 4 and later ones are made of stay, when the batches before are kept no more.
    await operator({ batchId: 5 }).forget(chain)
    t.deepEqual((await readdir(folder)).filter((name) => /^[01]\./.test(name)).length, 2)
    t.deepEqual(await operator({ batchId: 6 }).forget(chain), chain)
    t.deepEqual((await readdir(folder)).map((name) => name.replace(/\.1\.0-\w+\./, ' ')).toSorted(), [
      '2 delta',
      '2 snapshot',
      '3 delta',
      '4 delta',
      '5 delta',
    ])
    t.is((await restored(later.version)).length, 5)
    await truncate(join(folder, whole.version.file), 100)
    t.like(await t.throwsAsync(restored(later.version)), { condition: 'STREAMING_CHECKPOINT_CORRUPT' })
  }))

test('batches from before a snapshot was done need the one before it', (t) => {
  const snapshots = [
    { from: 0, oldest: 0 },
    { from: 9, oldest: 5 },
    { from: 20, oldest: 17 },
  ]
  const oldest = (batchId: number) => keptSnapshots(snapshots, batchId)[0]!.oldest
  t.deepEqual([-3, 0, 8, 9, 19, 20, 30].map(oldest), [0, 0, 0, 5, 5, 17, 17])
})

test('files that no batch is made of any more are removed some at a time', (t) =>
  withState(t, async ({ operator, folder, write }) => {
    const first = await write({ batchId: 0 }, 'snapshot', [1])
    const second = await write({ batchId: 300, before: first.version }, 'snapshot', [1], first.chain)
    for (let batchId = 1; batchId < 300; batchId++) await writeFile(join(folder, `${batchId}.1.0-0.delta`), '')
    t.is(second.chain.snapshots.length, 2)
    const forget = (batchId: number, chain = second.chain) => operator({ batchId, minBatchesToRetain: 2 }).forget(chain)
    t.is(await forget(301), second.chain, 'batch 299 is kept')
    t.is((await readdir(folder)).length, 301)
    const some = await forget(302)
    t.deepEqual([some.snapshots.length, (await readdir(folder)).length], [2, 301 - 256])
    const all = await forget(303, some)
    t.deepEqual([all.snapshots.length, (await readdir(folder)).length], [1, 1])
    t.deepEqual(await operator({ batchId: 304 }).forget(all), all)
  }))

test('what is not finished leaves no file', (t) =>
  withState(t, async ({ operator, folder }) => {
    const writer = await operator({ batchId: 0 }).write('snapshot', EMPTY, {})
    await writer.append([block(1)])
    await writer.abort()
    t.deepEqual(await readdir(folder), [])
  }))

test('a file of which not even the beginning could be written is closed and removed', (t) =>
  withState(t, async ({ location, folder }) => {
    let closed = 0
    const full: CheckpointFiles = {
      ...localCheckpointFiles,
      create: async (path) => {
        const file = await localCheckpointFiles.create(path)
        const append = () => Promise.reject(new Error('no space left on device'))
        return { ...file, append, close: () => file.close().then(() => void closed++) }
      },
    }
    const inputs = {
      queryId: 'q',
      batchId: 0,
      timeMs: 0,
      epoch: 1,
      checkpointLocation: location,
      minBatchesToRetain: 2,
    }
    const operator = new CheckpointState({ ...inputs, operators: { 7: {} } }, 3, 0, full).operator(7)
    await t.throwsAsync(operator.write('snapshot', EMPTY, {}), {
      message: /^\[FAILED_WRITE_FILE\].*state.7.3.*no space left on device/,
    })
    t.is(closed, 1)
    t.deepEqual(await readdir(folder), [])
  }))

test('a checkpoint that was removed is not made again by the tasks that save state', (t) =>
  withState(t, async ({ location, write }) => {
    await rm(location, { recursive: true })
    await t.throwsAsync(write({ batchId: 1 }, 'snapshot', [1]), { message: /FAILED_WRITE_FILE.*state\/7\/3/ })
    await t.throwsAsync(readdir(location), { code: 'ENOENT' })
  }))
