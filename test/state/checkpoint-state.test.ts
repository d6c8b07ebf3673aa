import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { Block } from '../../columnar/block.js'
import { blockFromRows } from '../../columnar/block-from-rows.js'
import { rowsFromBlock } from '../../columnar/rows.js'
import { field, INT, STRING } from '../../columnar/types.js'
import { CheckpointState } from '../../executor/state/checkpoint-state.js'

const SCHEMA = { fields: [field('n', INT), field('s', STRING)] }
const block = (...numbers: number[]): Block =>
  blockFromRows(
    SCHEMA,
    numbers.map((n) => ({ n, s: `number ${n}` })),
  )

test('what a batch saves the next one finds, older versions go, and damage is told', async (t) => {
  const checkpointLocation = await mkdtemp(join(tmpdir(), 'millrace-state-'))
  t.teardown(() => rm(checkpointLocation, { recursive: true }))
  const state = (batchId: number, attempt = 0) =>
    new CheckpointState({ queryId: 'q', batchId, checkpointLocation }, 3, attempt)
  const numbers = async (batchId: number) => {
    const found: unknown[] = []
    for await (const read of state(batchId).blocks(7)) found.push(...rowsFromBlock(SCHEMA, read).map((row) => row['n']))
    return found
  }
  t.deepEqual(await numbers(0), [])
  await state(0).save(7, [block(1, 2), block(3)])
  t.deepEqual(await numbers(1), [1, 2, 3])
  await state(1).save(7, [block(9)])
  await state(1, 1).save(7, [block(4)])
  t.deepEqual(await numbers(2), [4])
  await state(2).save(7, [])
  t.deepEqual(await numbers(3), [])
  const folder = join(checkpointLocation, 'state', '7', '3')
  t.deepEqual((await readdir(folder)).sort(), ['1.blocks', '2.blocks'])
  await t.throwsAsync(numbers(9), { message: /STREAMING_CHECKPOINT_CORRUPT/ })
  await truncate(join(folder, '1.blocks'), 100)
  await t.throwsAsync(numbers(2), { message: /STREAMING_CHECKPOINT_CORRUPT/ })
})
