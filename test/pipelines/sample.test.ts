import test from 'ava'
import { field, INT } from '../../columnar/types.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { run, table } from '../support/stages.js'

const ROWS = 20_000
const rows = table(
  [field('x', INT)],
  Array.from({ length: ROWS }, (_, x) => ({ x })),
)

async function sampled(from: number, to: number, seed: bigint, partition = 0): Promise<readonly number[]> {
  const plan: PhysicalPlan = { kind: 'sample', inputs: [rows], from, to, seed, attributes: rows.attributes }
  return (await run(plan, { partition })).rows.map(([x]) => x as number)
}

test('ranges of one seed divide the rows, in proportion', async (t) => {
  const parts = await Promise.all([sampled(0, 0.25, 3n), sampled(0.25, 0.3, 3n), sampled(0.3, 1, 3n)])
  t.deepEqual(
    parts.flat().toSorted((a, b) => a - b),
    Array.from({ length: ROWS }, (_, x) => x),
  )
  for (const [i, share] of [0.25, 0.05, 0.7].entries()) {
    // Four standard deviations.
    const most = 4 * Math.sqrt(ROWS * share * (1 - share))
    t.true(Math.abs(parts[i]!.length - ROWS * share) < most, `${parts[i]!.length} of ${share}`)
  }
  t.is((await sampled(0, 0, 3n)).length, 0)
})

test('each task draws numbers of its own, and each seed others; the same ones when it is run again', async (t) => {
  const first = await sampled(0, 0.5, 1n)
  t.deepEqual(await sampled(0, 0.5, 1n), first)
  for (const other of [await sampled(0, 0.5, 1n, 1), await sampled(0, 0.5, 2n), await sampled(0, 0.5, -1n)]) {
    const both = new Set(first)
    const shared = other.filter((x) => both.has(x)).length
    // Of independent halves a quarter is in both.
    t.true(Math.abs(shared - ROWS / 4) < 4 * Math.sqrt((ROWS * 3) / 16), String(shared))
  }
})
