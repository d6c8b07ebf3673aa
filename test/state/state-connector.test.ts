import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { BIGINT, DATE, type DataType, field, INT, STRING } from '../../columnar/types.js'
import { localCheckpointFiles } from '../../common/checkpoint-files.js'
import type { StateVersion } from '../../common/state-path.js'
import type { BatchReader, WriteDescription } from '../../connectors/api.js'
import { EMPTY_CHAIN, type StateFileKind } from '../../executor/pipelines/state-chain.js'
import { CheckpointState } from '../../executor/state/checkpoint-state.js'
import { stateReader } from '../../executor/state/state-reader.js'
import { stateWriter } from '../../executor/state/state-writer.js'
import { cellAt, newContext } from '../parquet/support.js'

const OWNER = { queryId: 'q', operatorId: 7, partition: 3 }
const KEPT = { fields: [field('key0', STRING), field('value0', INT)] }
const SECOND = 1_000_000n
const DAY = 86_400n * SECOND

async function newLocation(t: ExecutionContext): Promise<string> {
  const location = await mkdtemp(join(tmpdir(), 'millrace-state-rows-'))
  t.teardown(() => rm(location, { recursive: true, force: true }))
  await mkdir(join(location, 'state'))
  return location
}

/** Writes a snapshot and deltas behind it, of one row each, with up to when rows had expired. */
async function written(location: string, expired: readonly (bigint | undefined)[]): Promise<StateVersion> {
  let before: StateVersion | undefined
  for (const [batchId, expiredMicros] of expired.entries()) {
    const kind: StateFileKind = batchId === 0 ? 'snapshot' : 'delta'
    const operators = { 7: before ? { version: before } : {} }
    const inputs = { queryId: 'q', batchId, timeMs: 0, epoch: 1, checkpointLocation: location, minBatchesToRetain: 9 }
    const state = new CheckpointState({ ...inputs, operators }, OWNER.partition, 0, localCheckpointFiles).operator(7)
    const writer = await state.write(kind, EMPTY_CHAIN, expiredMicros === undefined ? {} : { expiredMicros })
    await writer.append([blockFromRows(KEPT, [{ key0: `key ${batchId}`, value0: batchId }])])
    before = (await writer.finish()).version
  }
  return before!
}

const reading = (location: string, version: StateVersion, untilType: DataType, columns: readonly string[]) => {
  const fields = [field('partition', INT), field('age', INT), field('until', untilType), ...KEPT.fields]
  const source = { provider: 'statestore', options: {}, paths: [location], schema: { fields } }
  const split = { data: { folder: join(location, 'state', '7', '3'), ...version, ...OWNER } }
  const wanted = columns.map((name) => fields.find((one) => one.name === name)!)
  const context = newContext()
  const abort = new AbortController()
  const open = (): Promise<BatchReader> =>
    stateReader.openReader({ source, columns, filters: [], parallelism: 1 }, split, {
      ...context,
      signal: abort.signal,
    })
  const rowsOf = async (reader: BatchReader) => {
    const rows: unknown[] = []
    for (let batch = await reader.next(); batch; batch = await reader.next())
      for (let row = 0; row < batch.rows; row++)
        rows.push(wanted.map(({ type }, i) => cellAt(context.memory, type, batch.columns.slice(i), row)))
    return rows
  }
  return { context, abort, open, rowsOf }
}

test('rows of each file tell its age, and until when the newest file has removed what expired', async (t) => {
  const location = await newLocation(t)
  const version = await written(location, [undefined, 10n * SECOND, 30n * SECOND, undefined])
  const { context, open, rowsOf } = reading(location, version, BIGINT, ['age', 'value0', 'until', 'partition', 'key0'])
  const reader = await open()
  t.deepEqual(
    (await rowsOf(reader)).map((row) => JSON.stringify(row)),
    [
      // Nothing is removed by a file that does not say so.
      ['0', '3', null, '3', 'key 3'],
      ['1', '2', '30000000', '3', 'key 2'],
      ['2', '1', '30000000', '3', 'key 1'],
      ['3', '0', '30000000', '3', 'key 0'],
    ].map((row) => JSON.stringify(row)),
  )
  await reader.close()
  t.is(context.live.size, 0, 'all memory is given back')
})

test('where rows expire by days it is the last day that has begun, also before 1970', async (t) => {
  for (const [micros, day] of [
    [2n * DAY, '2'],
    [2n * DAY - 1n, '1'],
    [0n, '0'],
    [-1n, '-1'],
    [-DAY, '-1'],
    [-DAY - 1n, '-2'],
  ] as const) {
    const location = await newLocation(t)
    const { open, rowsOf } = reading(location, await written(location, [micros]), DATE, ['until'])
    const reader = await open()
    t.deepEqual(await rowsOf(reader), [[day]], String(micros))
    await reader.close()
  }
})

test('state is read no further when the task is cancelled', async (t) => {
  const location = await newLocation(t)
  const { abort, open, context } = reading(location, await written(location, [1n, 2n]), BIGINT, ['value0'])
  const reader = await open()
  t.is((await reader.next())?.rows, 1)
  abort.abort(new Error('it is not wanted'))
  await t.throwsAsync(async () => reader.next(), { message: 'it is not wanted' })
  await reader.close()
  t.is(context.live.size, 0)
})

test('state that was written for a query that is changed and is not wanted leaves no file', async (t) => {
  const location = await newLocation(t)
  const write: WriteDescription = {
    ...{ provider: 'statestore', options: { operatorId: '7' }, path: location, schema: KEPT, jobId: 'j' },
    mode: 'append',
    streaming: { queryId: 'q', batchId: 5, start: 2, isFirst: false, prepared: [] },
  }
  const open = () => stateWriter.openWriter(write, { ...newContext(), partition: 3, attempt: 0 })
  const block = blockFromRows(KEPT, [{ key0: 'a', value0: 1 }])
  const files = () => readdir(join(location, 'state', '7', '3'))
  const left = await open()
  await left.write(block)
  t.is((await files()).length, 1)
  await left.abort()
  t.deepEqual(await files(), [])
  const none = await open()
  t.deepEqual(await none.prepare(), { partition: 3, version: null })
  const kept = await open()
  await kept.write(block)
  await kept.write(block)
  t.like(await kept.prepare(), { partition: 3, version: { file: (await files())[0] } })
})
