import test from 'ava'
import { BIGINT, BINARY, field, STRING } from '../../columnar/types.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { KeptStage } from '../support/kept-stage.js'
import { attribute, bound, named, table } from '../support/stages.js'

const MIB = 1024 ** 2
const FIELDS = [field('v', BIGINT), field('k', STRING, false)]
/** Adds what comes for a key to what is kept of it. NULL removes that, and 0 only looks at it. */
const TOTALS = `class {
  constructor(handle) {
    this.total = handle.getValueState('total')
  }
  *handleInputRows([k], rows) {
    const before = this.total.get()?.n
    for (const { v } of rows) {
      if (v === null) this.total.clear()
      else if (v !== 0n) this.total.update({ n: (before ?? 0n) + v, text: 'x'.repeat(3000) })
    }
    yield { k, n: before ?? null }
  }
}`

interface Row {
  readonly k: string
  readonly v: bigint | null
}

function planOf(rows: readonly Row[]): PhysicalPlan {
  const input = table(FIELDS, rows, 500)
  return {
    kind: 'transformWithState',
    inputs: [input],
    attributes: [attribute('k', STRING, false), attribute('n', BIGINT)],
    state: {
      operatorId: 0,
      parts: {
        keys: [{ meaning: 'key', columns: [field('key', BINARY, false)] }],
        values: [{ meaning: 'value', columns: [field('value', BINARY), field('expires', BIGINT, false)] }],
        rule: '',
      },
      watermarks: [],
    },
    function: { id: 'totals', name: 'Totals', code: { by: 'source', text: TOTALS }, isDeterministic: true, least: 1 },
    given: ['v', 'k'].map((name) => named(name, bound(input, name))),
    keys: 1,
    variables: [{ name: 'total', kind: 'value', key: [], value: [field('n', BIGINT), field('text', STRING)] }],
    timeMode: 'none',
    hasWatermark: false,
    isOnce: false,
  }
}

const rowsOf = (from: number, count: number, v: (i: number) => bigint | null): readonly Row[] =>
  Array.from({ length: count }, (_, i) => ({ k: `key ${String(from + i).padStart(6, '0')}`, v: v(from + i) }))

test('cells that leave the memory while they are read from files, and within a batch, are those that were kept', async (t) => {
  const stage = new KeptStage([0])
  const count = 9000
  await stage.batch(planOf(rowsOf(0, count, () => 1n)))
  // Some are changed and some removed, in files of their own.
  await stage.batch(planOf(rowsOf(100, 2000, (i) => (i % 4 === 0 ? null : 2n))))
  await stage.batch(planOf(rowsOf(2000, 1000, (i) => (i % 4 === 0 ? 5n : 3n))))
  t.deepEqual(stage.kindsOf(0).toSorted(), ['delta', 'delta', 'snapshot'])
  const removed = 475
  t.is(stage.counts.get(0)!.rowsTotal, count - removed)
  stage.forget()
  stage.memoryBytes = 20 * MIB
  const out = await stage.batch(planOf(rowsOf(0, count, () => 0n)))
  const expected = (i: number): bigint | null => {
    const first = i >= 100 && i < 2100 ? (i % 4 === 0 ? null : 3n) : 1n
    return i >= 2000 && i < 3000 ? (first ?? 0n) + (i % 4 === 0 ? 5n : 3n) : first
  }
  t.deepEqual(
    out.map(([, n]) => n),
    Array.from({ length: count }, (_, i) => expected(i)),
  )
  t.is(stage.counts.get(0)!.rowsTotal, count - removed)
  stage.forget()
})
