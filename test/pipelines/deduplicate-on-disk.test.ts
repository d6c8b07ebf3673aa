import test from 'ava'
import { BIGINT, field, STRING, TIMESTAMP } from '../../columnar/types.js'
import { trim } from '../../executor/pipelines/run-task.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { KeptStage } from '../support/kept-stage.js'
import { Random } from '../support/random.js'
import { bound, named, table } from '../support/stages.js'

const MIB = 1024 ** 2
const FIELDS = [field('k', STRING), field('at', TIMESTAMP), field('id', BIGINT, false)]
const KEPT_SECONDS = 30

interface Row {
  readonly k: string | null
  readonly second: number | null
  readonly id: number
}

function planOf(rows: readonly Row[], keptSeconds: number | undefined): PhysicalPlan {
  const timed = rows.map(({ k, second, id }) => ({
    k,
    at: second === null ? null : new Date(second * 1000),
    id: BigInt(id),
  }))
  const input = table(FIELDS, timed, 500)
  return {
    kind: 'deduplicate',
    inputs: [input],
    attributes: input.attributes,
    state: {
      operatorId: 0,
      parts: {
        keys: [{ meaning: 'k', columns: [field('k', STRING)] }],
        values: [{ meaning: 'until when', columns: [field('expires', BIGINT, false)] }],
        rule: '',
      },
      watermarks: [0],
    },
    keys: [named('k', bound(input, 'k'))],
    ...(keptSeconds === undefined
      ? {}
      : { eventTime: bound(input, 'at'), keptMicros: BigInt(keptSeconds) * 1_000_000n }),
  }
}

/** What deduplication must pass on, row by row. */
class Model {
  readonly #keptSeconds: number | undefined
  readonly #keys = new Map<string | null, number>()
  late = 0

  constructor(keptSeconds: number | undefined) {
    this.#keptSeconds = keptSeconds
  }

  get count(): number {
    return this.#keys.size
  }

  batch(rows: readonly Row[], late: number, final: number): readonly number[] {
    const out: number[] = []
    for (const { k, second, id } of rows) {
      const at = this.#keptSeconds === undefined ? null : second
      if (at !== null && at <= late) {
        this.late++
        continue
      }
      if (this.#keys.has(k)) continue
      this.#keys.set(k, at === null ? Number.POSITIVE_INFINITY : at + this.#keptSeconds!)
      out.push(id)
    }
    if (this.#keptSeconds !== undefined)
      for (const [k, expires] of this.#keys) if (expires <= final) this.#keys.delete(k)
    return out
  }
}

const rowsOf = (random: Random, batch: number): readonly Row[] =>
  Array.from({ length: random.pick([0, 1, 60, 700]) }, (_, i) => ({
    k: random.chance(0.05) ? null : `${'a long key '.repeat(random.integer(0, 3))}${random.integer(0, 900)}`,
    second: random.chance(0.02) ? null : 1000 + batch * 6 + random.integer(-20, 10),
    id: batch * 1000 + i,
  }))

const micros = (seconds: number): bigint => BigInt(seconds) * 1_000_000n

for (const keptSeconds of [undefined, KEPT_SECONDS]) {
  test.serial(
    `keys that leave the memory again and again, kept ${keptSeconds ? 'for a time' : 'for ever'}, are known as those in memory are`,
    async (t) => {
      const random = new Random(keptSeconds ? 61 : 62)
      const model = new Model(keptSeconds)
      const stages = [new KeptStage([0]), new KeptStage([0], false)] as const
      let [late, final, least] = [0, 0, Number.POSITIVE_INFINITY]
      let [dropped, most] = [0, 0]
      for (let batch = 0; batch < 80; batch++) {
        const rows = rowsOf(random, batch)
        const expected = model.batch(rows, late, final)
        if (random.chance(0.5)) trim()
        if (random.chance(0.1)) stages[0].forget()
        for (const [i, stage] of stages.entries()) {
          const out = await stage.batch(planOf(rows, keptSeconds), micros(late), micros(final))
          t.deepEqual(
            out.map(([, , id]) => Number(id)),
            expected,
            `batch ${batch}, stage ${i}`,
          )
          t.is(stage.counts.get(0)!.rowsTotal, model.count, `batch ${batch}, stage ${i}`)
        }
        const { memoryBytes, rowsDropped } = stages[0].counts.get(0)!
        dropped += rowsDropped
        most = Math.max(most, memoryBytes)
        if (batch > 20) least = Math.min(least, memoryBytes)
        late = final
        final = Math.max(final, 1000 + batch * 6 - 12)
      }
      t.is(dropped, model.late)
      t.true(least < most / 2, `rows leave the memory: ${least} of ${most} bytes`)
      for (const stage of stages) stage.forget()
    },
  )
}

const users = (from: number, count: number): readonly Row[] =>
  Array.from({ length: count }, (_, i) => ({
    k: `a user with a name of some length ${from + i}`,
    second: 5,
    id: from + i,
  }))

test.serial('keys of many times the memory are kept by a task alone, and read again by one', async (t) => {
  t.timeout(120_000)
  const stage = new KeptStage([0])
  stage.memoryBytes = 12 * MIB
  const [rounds, each] = [20, 12_000]
  for (let round = 0; round < rounds; round++) {
    const known = users(Math.max(0, round - 4) * each, 300)
    const out = await stage.batch(planOf([...known, ...users(round * each, each), ...known], undefined))
    t.is(out.length, each, `round ${round}`)
  }
  const { rowsTotal, memoryBytes } = stage.counts.get(0)!
  t.is(rowsTotal, rounds * each)
  t.true(memoryBytes < 12 * MIB, `${memoryBytes} bytes`)
  stage.forget()
  t.is((await stage.batch(planOf(users(0, 1000), undefined))).length, 0)
  t.is(stage.counts.get(0)!.rowsTotal, rounds * each)
  stage.forget()
})

test.serial('a snapshot of keys on disk has those that were asked for meanwhile, and did not change', async (t) => {
  t.timeout(120_000)
  const stage = new KeptStage([0])
  const all = 40_000
  await stage.batch(planOf(users(0, all), undefined))
  for (let round = 0; round < 24; round++) {
    trim()
    const asked = users((round * 3001) % (all - 2000), 2000)
    const out = await stage.batch(planOf([...asked, ...users(all + round * 2000, 2000)], undefined))
    t.is(out.length, 2000, `round ${round}`)
  }
  t.true(stage.snapshotsInParts(0) > 0, stage.kindsOf(0).join(' '))
  stage.forget()
  t.is((await stage.batch(planOf(users(0, all + 48_000), undefined))).length, 0)
  t.is(stage.counts.get(0)!.rowsTotal, all + 48_000)
  stage.forget()
})
