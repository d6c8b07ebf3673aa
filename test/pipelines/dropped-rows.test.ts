import test from 'ava'
import { BIGINT, field, STRING } from '../../columnar/types.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { memoryOf } from '../support/memory.js'
import { aggregate, aggregateCall, bound, named, order, run, table } from '../support/stages.js'

const ROWS = 40_000
const BYTES = 1_000
/** A tenth of what the texts of all rows take, each being in two columns. */
const MEMORY_BUDGET = (ROWS * BYTES) / 10

const textOf = (i: number): string => `${String(i).padStart(8, '0')}${'x'.repeat((i * 7919) % BYTES)}`
const FIELDS = [field('k', BIGINT), field('s', STRING), field('r', STRING, false)]

/** Rows of which each comes before all that were read before it. */
const falling = table(
  FIELDS,
  Array.from({ length: ROWS }, (_, i) => {
    const at = ROWS - 1 - i
    return { k: BigInt(at), s: at % 10 === 0 ? null : textOf(at), r: textOf(at + 1) }
  }),
  100,
)

function topK(keys: readonly string[], direction: 'asc' | 'desc', limit: number, offset = 0): PhysicalPlan {
  const orders = keys.map((name) => order(bound(falling, name), direction, 'last'))
  return { kind: 'topK', isGlobal: true, inputs: [falling], orders, limit, offset, attributes: falling.attributes }
}

test('the first rows of many are found in memory for these, not for all texts', async (t) => {
  const first = await run(topK(['k'], 'asc', 3), { memory: memoryOf(MEMORY_BUDGET) })
  t.deepEqual(first.rows, [
    [0n, null, textOf(1)],
    [1n, textOf(1), textOf(2)],
    [2n, textOf(2), textOf(3)],
  ])
  const byText = await run(topK(['s', 'k'], 'asc', 2, 1), { memory: memoryOf(MEMORY_BUDGET) })
  t.deepEqual(byText.rows, [
    [2n, textOf(2), textOf(3)],
    [3n, textOf(3), textOf(4)],
  ])
  const last = await run(topK(['r'], 'desc', 2), { memory: memoryOf(MEMORY_BUDGET) })
  t.deepEqual(last.rows, [
    [BigInt(ROWS - 1), textOf(ROWS - 1), textOf(ROWS)],
    [BigInt(ROWS - 2), textOf(ROWS - 2), textOf(ROWS - 1)],
  ])
  t.is((await run(topK(['k'], 'asc', 0), { memory: memoryOf(MEMORY_BUDGET) })).rows.length, 0)
})

for (const keyed of [false, true]) {
  test(`a least text that is replaced by every row takes the memory of one (${keyed ? 'with' : 'without'} keys)`, async (t) => {
    const key: PhysicalPlan['attributes'] = falling.attributes
    const keys = keyed
      ? [
          named('g', {
            kind: 'call',
            fn: 'is_null',
            type: { kind: 'boolean' },
            nullable: false,
            args: [bound(key, 'k')],
          }),
        ]
      : []
    const plan = aggregate(
      'final',
      aggregate('partial', falling, keys, [aggregateCall('m', 'min', STRING, [bound(falling, 'r')])]),
      keys,
      [aggregateCall('m', 'min', STRING, [bound(falling, 'r')])],
    )
    const { rows } = await run(plan, { memory: memoryOf(MEMORY_BUDGET) })
    t.deepEqual(rows, [keyed ? [false, textOf(1)] : [textOf(1)]])
  })
}
