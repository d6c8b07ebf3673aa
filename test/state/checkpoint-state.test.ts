import assert from 'node:assert/strict'
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Block } from '../../columnar/block.js'
import { blockFromRows } from '../../columnar/block-from-rows.js'
import { rowsFromBlock } from '../../columnar/rows.js'
import { field, INT, STRING } from '../../columnar/types.js'
import type { CountedMemory } from '../../connectors/api.js'
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

interface Version {
  readonly batchId: number
  readonly epoch?: number
  readonly stateEpoch?: number
  readonly attempt?: number
  readonly partition?: number
}

async function withState(
  t: ExecutionContext,
  body: (use: {
    readonly location: string
    readonly state: (version: Version) => CheckpointState
    readonly numbers: (version: Version) => Promise<readonly unknown[]>
  }) => Promise<void>,
): Promise<void> {
  const location = await mkdtemp(join(tmpdir(), 'millrace-state-'))
  t.teardown(() => rm(location, { recursive: true, force: true }))
  await mkdir(join(location, 'state'))
  const state = ({ batchId, epoch = 1, stateEpoch, attempt = 0, partition = 3 }: Version): CheckpointState => {
    const before = batchId === 0 ? {} : { stateEpoch: stateEpoch ?? 1 }
    return new CheckpointState(
      { queryId: 'q', batchId, epoch, ...before, checkpointLocation: location, operators: {} },
      partition,
      attempt,
    )
  }
  const numbers = async (version: Version): Promise<readonly unknown[]> => {
    const found: unknown[] = []
    for await (const read of state(version).blocks(7, new Held()))
      found.push(...rowsFromBlock(SCHEMA, read).map((row) => row['n']))
    return found
  }
  await body({ location, state, numbers })
}

test('what a batch saves the next one finds, older versions go, and damage is told', (t) =>
  withState(t, async ({ location, state, numbers }) => {
    t.deepEqual(await numbers({ batchId: 0 }), [])
    await state({ batchId: 0 }).save(7, [block(1, 2), block(3)])
    t.deepEqual(await numbers({ batchId: 1 }), [1, 2, 3])
    await state({ batchId: 1 }).save(7, [block(9)])
    await state({ batchId: 1, attempt: 1 }).save(7, [block(4)])
    t.deepEqual(await numbers({ batchId: 2 }), [4])
    await state({ batchId: 2 }).save(7, [])
    t.deepEqual(await numbers({ batchId: 3 }), [])
    const folder = join(location, 'state', '7', '3')
    t.deepEqual((await readdir(folder)).toSorted(), ['1.1.blocks', '2.1.blocks'])
    await t.throwsAsync(numbers({ batchId: 9 }), { message: /STREAMING_CHECKPOINT_CORRUPT.*8\.1\.blocks/ })
    await truncate(join(folder, '1.1.blocks'), 100)
    await t.throwsAsync(numbers({ batchId: 2 }), { message: /STREAMING_CHECKPOINT_CORRUPT.*1\.1\.blocks/ })
  }))

test('the file of a state counts as the memory of the task until all was read, or no more is wanted', (t) =>
  withState(t, async ({ location, state }) => {
    await state({ batchId: 0 }).save(7, [block(1, 2), block(3)])
    const { size } = await stat(join(location, 'state', '7', '3', '0.1.blocks'))
    const whole = new Held()
    for await (const { bytes } of state({ batchId: 1 }).blocks(7, whole)) t.true(bytes.length < whole.bytes)
    t.deepEqual(whole.all, [size, 0])
    const left = new Held()
    for await (const { rows } of state({ batchId: 1 }).blocks(7, left)) {
      t.is(rows, 2)
      break
    }
    t.deepEqual(left.all, [size, 0])
    const refused = { bytes: 0, hold: () => assert.fail('no memory') }
    await t.throwsAsync(state({ batchId: 1 }).blocks(7, refused).next(), { message: 'no memory' })
  }))

test('state that makes no sense although its digest is right is told with the path of its file', (t) =>
  withState(t, async ({ state, numbers }) => {
    const { bytes } = block(1, 2)
    for (const damaged of [new Uint8Array(8).fill(9), Uint8Array.from(bytes, (byte, i) => (i < 24 ? byte : 0xff))]) {
      await state({ batchId: 0 }).save(7, [{ rows: 2, bytes: damaged }])
      const error = await t.throwsAsync(numbers({ batchId: 1 }), {
        message: /STREAMING_CHECKPOINT_CORRUPT.*0\.1\.blocks/,
      })
      t.like(error, { cause: { condition: 'BLOCK_CORRUPT' } })
    }
  }))

test('a start that wakes up late does not change the state that a later one has saved', (t) =>
  withState(t, async ({ state, numbers }) => {
    await state({ batchId: 0, epoch: 1 }).save(7, [block(1)])
    await state({ batchId: 1, epoch: 2 }).save(7, [block(2)])
    await state({ batchId: 1, epoch: 1 }).save(7, [block(3)])
    t.deepEqual(await numbers({ batchId: 2, epoch: 2, stateEpoch: 2 }), [2])
  }))

test('what killed and late starts left in the state goes with the versions of its age', (t) =>
  withState(t, async ({ location, state }) => {
    const folder = join(location, 'state', '7', '3')
    await state({ batchId: 0 }).save(7, [block(1)])
    for (const name of ['0.1.blocks.3.tmp', '0.2.blocks', '1.1.blocks.0.tmp', '2.9.blocks.0.tmp'])
      await writeFile(join(folder, name), '')
    await state({ batchId: 3 }).save(7, [block(4)])
    t.deepEqual((await readdir(folder)).toSorted(), ['2.9.blocks.0.tmp', '3.1.blocks'])
  }))

test('state of another partition is not taken for the own', (t) =>
  withState(t, async ({ location, state, numbers }) => {
    await state({ batchId: 0 }).save(7, [block(1)])
    await state({ batchId: 0, partition: 4 }).save(7, [block(2)])
    const path = (partition: number): string => join(location, 'state', '7', String(partition), '0.1.blocks')
    await copyFile(path(4), path(3))
    await t.throwsAsync(numbers({ batchId: 1 }), { message: /STREAMING_CHECKPOINT_CORRUPT.*state\/7\/3\/0/ })
  }))

test('a checkpoint that was removed is not made again by the tasks that save state', (t) =>
  withState(t, async ({ location, state }) => {
    await rm(location, { recursive: true })
    await t.throwsAsync(state({ batchId: 1 }).save(7, [block(1)]), { message: /FAILED_WRITE_FILE.*state\/7\/3/ })
    await t.throwsAsync(readdir(location), { code: 'ENOENT' })
  }))
