import test from 'ava'
import { BIGINT, field, STRING, TIMESTAMP } from '../../columnar/types.js'
import { trim } from '../../executor/pipelines/run-task.js'
import { aggregateState } from '../../planner/plan/physical/aggregate-state.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import type { PhysicalStateSessions } from '../../planner/plan/physical/stateful.js'
import { KeptStage } from '../support/kept-stage.js'
import { Random } from '../support/random.js'
import { aggregate, aggregateCall, bound, named, run, schemaOf, table, tableOfBlocks } from '../support/stages.js'

const FIELDS = [field('k', STRING), field('s', TIMESTAMP), field('e', TIMESTAMP), field('v', STRING)]
type Mode = PhysicalStateSessions['outputMode']

interface Row {
  readonly k: string | null
  readonly start: number
  readonly end: number
  readonly v: string
}

/** Sessions of rows, aggregated once before, as streams do. */
async function planOf(mode: Mode, rows: readonly Row[]): Promise<PhysicalPlan> {
  const dated = rows.map(({ k, start, end, v }) => ({ k, s: new Date(start * 1000), e: new Date(end * 1000), v }))
  const input = table(FIELDS, dated, 30)
  const keys = ['k', 's', 'e'].map((name) => named(name, bound(input, name)))
  const others = [
    aggregateCall('n', 'count', BIGINT, []),
    aggregateCall('greatest', 'max', STRING, [bound(input, 'v')]),
  ]
  const partial = aggregate('partial', input, keys, others)
  const { emitted } = await run(partial)
  const read = tableOfBlocks(
    schemaOf(partial).fields,
    emitted.map(({ block }) => block),
  )
  const times = (['min', 'max'] as const).map((fn, i) =>
    aggregateCall(fn, fn, TIMESTAMP, [bound(read, i === 0 ? 's' : 'e')]),
  )
  const merged = [named('k', bound(read, 'k'))]
  const aggregates = [...times, ...others]
  return {
    kind: 'stateSessions',
    state: {
      operatorId: 0,
      parts: {
        keys: [{ meaning: 'k', columns: [field('k', STRING)] }],
        values: aggregates.map((call) => ({ meaning: call.name, columns: aggregateState(call) })),
        rule: '',
        severalRows: true,
      },
      watermarks: [0],
    },
    inputs: [read],
    keys: merged,
    aggregates,
    outputMode: mode,
    expires: true,
    attributes: aggregate('final', read, merged, aggregates).attributes,
  }
}

interface Session {
  readonly k: string | null
  start: number
  end: number
  n: number
  greatest: string
}

/** What sessions must be, row by row. */
class Model {
  readonly #mode: Mode
  #sessions: Session[] = []
  late = 0

  constructor(mode: Mode) {
    this.#mode = mode
  }

  batch(rows: readonly Row[], late: number, final: number): string[] {
    const seen = new Set<string>()
    for (const { k, start, end, v } of rows) {
      if (end <= late) {
        // Rows that are equal are one by then.
        if (!seen.has(`${k} ${start} ${end}`)) this.late++
        seen.add(`${k} ${start} ${end}`)
        continue
      }
      const isReached = (one: Session): boolean => one.k === k && one.start <= end && start <= one.end
      const reached = this.#sessions.filter(isReached)
      const all = [...reached, { k, start, end, n: 1, greatest: v }]
      this.#sessions = [
        ...this.#sessions.filter((one) => !reached.includes(one)),
        {
          k,
          start: Math.min(...all.map((one) => one.start)),
          end: Math.max(...all.map((one) => one.end)),
          n: all.reduce((sum, { n }) => sum + n, 0),
          greatest: all
            .map(({ greatest }) => greatest)
            .toSorted()
            .at(-1)!,
        },
      ]
    }
    if (this.#mode === 'complete') return this.#sessions.map(textOf).toSorted()
    const out = this.#sessions.filter((one) => one.end <= final)
    this.#sessions = this.#sessions.filter((one) => one.end > final)
    return out.map(textOf).toSorted()
  }

  get count(): number {
    return this.#sessions.length
  }
}

const textOf = ({ k, start, end, n, greatest }: Session): string => [k, start, end, n, greatest].map(String).join()

const shown = (value: unknown): string =>
  value !== null && typeof value === 'object' && 'getTime' in value
    ? String((value as Date).getTime() / 1000)
    : String(value)

/** Few keys with many sessions, and many with few. */
function rowsOf(random: Random, batch: number): readonly Row[] {
  return Array.from({ length: random.pick([0, 1, 10, 200]) }, () => {
    const start = 1000 + batch * 30 + random.integer(-150, 60)
    const k = random.chance(0.4) ? null : `${'key '.repeat(random.integer(0, 3))}${random.integer(0, 150)}`
    return { k, start, end: start + random.integer(1, 8), v: 'value '.repeat(random.integer(1, 5)) }
  })
}

for (const mode of ['append', 'complete'] as const) {
  test(`sessions in mode ${mode} are the same with state that stays, that leaves the memory, and that is restored`, async (t) => {
    const random = new Random(mode === 'append' ? 21 : 22)
    const model = new Model(mode)
    const stages = [new KeptStage([0]), new KeptStage([0], false), new KeptStage([0])] as const
    let [late, final] = [0, 0]
    let dropped = 0
    for (let batch = 0; batch < 70; batch++) {
      const rows = rowsOf(random, batch)
      const expected = model.batch(rows, late, final)
      if (random.chance(0.2)) stages[2].forget()
      if (random.chance(0.4)) trim()
      for (const [i, stage] of stages.entries()) {
        const out = await stage.batch(await planOf(mode, rows), BigInt(late) * 1_000_000n, BigInt(final) * 1_000_000n)
        t.deepEqual(out.map((row) => row.map(shown).join()).toSorted(), expected, `batch ${batch}, stage ${i}`)
        t.is(stage.counts.get(0)!.rowsTotal, model.count, `batch ${batch}, stage ${i}`)
      }
      dropped += stages[0].counts.get(0)!.rowsDropped
      late = final
      final = Math.max(final, 1000 + batch * 30 - 80)
    }
    t.is(dropped, model.late)
    t.true(model.late > 10, `${model.late} late rows`)
    const kinds = stages[1].kindsOf(0)
    t.true(kinds.includes('delta') && kinds.includes('snapshot'), String(kinds))
    for (const stage of stages) stage.forget()
  })
}

test('snapshots of many sessions are made bit by bit, while sessions grow and become one', async (t) => {
  const random = new Random(23)
  const [kept, mixed] = [new KeptStage([0]), new KeptStage([0])]
  let [late, final] = [0n, 0n]
  for (let batch = 0; batch < 40; batch++) {
    const rows = Array.from({ length: 1500 }, (_, i): Row => {
      const start = 10_000 + batch * 100 - random.integer(0, 1000)
      const end = start + (random.chance(0.05) ? random.integer(20, 300) : random.integer(1, 4))
      return {
        k: `${'key '.repeat(i % 3)}${random.integer(0, 200)}`,
        start,
        end,
        v: 'value '.repeat(random.integer(1, 5)),
      }
    })
    if (random.chance(0.15)) mixed.forget()
    if (random.chance(0.3)) trim()
    const [one, other] = [
      await kept.batch(await planOf('append', rows), late, final),
      await mixed.batch(await planOf('append', rows), late, final),
    ]
    const [expected, out] = [one, other].map((some) => some.map((row) => row.map(shown).join()).toSorted())
    t.deepEqual(out, expected, `batch ${batch}`)
    t.is(mixed.counts.get(0)!.rowsTotal, kept.counts.get(0)!.rowsTotal)
    late = final
    final = BigInt(Math.max(0, 10_000 + (batch - 30) * 100)) * 1_000_000n
  }
  t.true(kept.snapshotsInParts(0) > 0, kept.kindsOf(0).join(' '))
  kept.forget()
  mixed.forget()
})

test('the memory of sessions that became one is used again, and that of what they were to expire by', async (t) => {
  const stage = new KeptStage([0])
  let most = 0
  for (let batch = 0; batch < 40; batch++) {
    const rows = Array.from({ length: 3000 }, (_, i) => {
      const start = 100_000 + (batch * 3000 + i) * 10
      return { k: `${i % 3}`, start, end: start + 4, v: 'some value that is long enough' }
    })
    // Each new one is either reached by a session that is there already, or by this one.
    const bridge = ['0', '1', '2'].map((k) => ({ k, start: 100_000, end: 100_000 + (batch + 1) * 30_000 + 5, v: '' }))
    await stage.batch(await planOf('append', rows), 0n, 1n)
    await stage.batch(await planOf('append', bridge), 0n, 1n)
    const { rowsTotal, memoryBytes } = stage.counts.get(0)!
    t.is(rowsTotal, 3)
    if (batch === 5) most = memoryBytes * 2
    if (batch > 5) t.true(memoryBytes < most, `${memoryBytes} bytes in batch ${batch}`)
  }
  stage.forget()
})

test.serial('sessions leave the memory within batches, and grow as those in memory do', async (t) => {
  t.timeout(300_000)
  const random = new Random(72)
  const [kept, leaving] = [new KeptStage([0]), new KeptStage([0])]
  leaving.memoryBytes = 12 * 1024 ** 2
  for (let batch = 0; batch < 8; batch++) {
    const rows = Array.from({ length: 8000 }, (_, i): Row => {
      const user = batch * 8000 + i - random.pick([0, 0, 0, 12_000])
      const start = 1000 + random.integer(0, 30)
      return {
        k: `a user with a name of some length ${user}`,
        start,
        end: start + random.integer(1, 8),
        v: 'value '.repeat(random.integer(4, 12)),
      }
    })
    const final = batch < 6 ? 0n : BigInt(1010 + batch * 2) * 1_000_000n
    const [expected, out] = [
      await kept.batch(await planOf('append', rows), 0n, final),
      await leaving.batch(await planOf('append', rows), 0n, final),
    ].map((some) => some.map((row) => row.map(shown).join()).toSorted())
    t.deepEqual(out, expected, `batch ${batch}`)
    t.is(leaving.counts.get(0)!.rowsTotal, kept.counts.get(0)!.rowsTotal)
    const { rowsTotal, memoryBytes } = leaving.counts.get(0)!
    // In memory each would take more than this; from the next batch on sessions are final.
    if (batch === 5) t.true(memoryBytes < rowsTotal * 100, `${memoryBytes} bytes of ${rowsTotal} sessions`)
  }
  kept.forget()
  leaving.forget()
})
