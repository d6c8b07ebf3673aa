import test from 'ava'
import { BIGINT, BOOLEAN, field, INT, INTERVAL_DT, STRING, TIMESTAMP } from '../../columnar/types.js'
import { trim } from '../../executor/pipelines/run-task.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import { JOIN_OUTPUT } from '../../planner/plan/join-kind.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import {
  type KeptParts,
  knowsMatches,
  type PhysicalStreamJoin,
  type StreamJoinKind,
} from '../../planner/plan/physical/stateful.js'
import { KeptStage } from '../support/kept-stage.js'
import { Random } from '../support/random.js'
import { attribute, bound, table } from '../support/stages.js'

const FIELDS = [field('k', STRING), field('at', TIMESTAMP), field('id', BIGINT, false), field('name', STRING)]
const AFTER = 10
const BEFORE = 5

interface Row {
  readonly k: string | null
  readonly second: number | null
  readonly id: number
  readonly name: string | null
}

const secondsOf = (seconds: number) => literal(INTERVAL_DT, BigInt(seconds) * 1_000_000n)
const input = (rows: readonly Row[]): PhysicalPlan =>
  table(
    FIELDS,
    rows.map(({ k, second, id, name }) => ({
      k,
      at: second === null ? null : new Date(second * 1000),
      id: BigInt(id),
      name,
    })),
    40,
  )

/** Rows match with the same key, those on the right at most so long before and after those on the left, and with numbers of different remainders. */
function planOf(type: StreamJoinKind, nullSafe: boolean, rows: Sides): PhysicalPlan {
  const inputs = [input(rows.left), input(rows.right)] as const
  const columns = inputs.flatMap(({ attributes }) => attributes)
  const both = (ordinal: number) => ({ ...bound(columns, columns[ordinal]!.name), ordinal })
  const added = (ordinal: number, seconds: number) =>
    call('timestamp_add', TIMESTAMP, [both(ordinal), secondsOf(seconds)])
  const remainder = (ordinal: number) => call('remainder', BIGINT, [both(ordinal), literal(BIGINT, 3n)])
  const condition = call('and', BOOLEAN, [
    call('le', BOOLEAN, [both(5), added(1, AFTER)]),
    call('ge', BOOLEAN, [both(5), added(1, -BEFORE)]),
    call('ne', BOOLEAN, [remainder(2), remainder(6)]),
  ])
  const at = bound(inputs[0], 'at')
  const expiring = (seconds: number) => call('timestamp_add', TIMESTAMP, [at, secondsOf(seconds)])
  const { right } = JOIN_OUTPUT[type]
  const output = right === 'none' ? inputs[0].attributes : columns
  const partsOf = (side: 0 | 1): KeptParts => {
    const own = inputs[side].attributes.map(({ name, type: of, nullable }) => field(name, of, nullable))
    const match = [field('number', BIGINT, false), field('matched', INT, false)]
    const columns = knowsMatches(type, side) ? [...own, ...match] : own
    return { keys: [], values: [{ meaning: 'the row', columns }], rule: '', severalRows: true }
  }
  const plan: PhysicalStreamJoin = {
    kind: 'streamJoin',
    type,
    inputs,
    state: { operatorId: 0, parts: partsOf(0), others: [{ operatorId: 1, parts: partsOf(1) }], watermarks: [0] },
    leftKeys: [bound(inputs[0], 'k')],
    rightKeys: [bound(inputs[1], 'k')],
    nullSafe: [nullSafe],
    condition,
    sides: [
      { eventTime: at, expiry: expiring(AFTER) },
      { eventTime: at, expiry: expiring(BEFORE) },
    ],
    attributes: output.map(({ name, type: of }) => attribute(name, of)),
  }
  return plan
}

interface Sides {
  readonly left: readonly Row[]
  readonly right: readonly Row[]
}

interface KeptRow extends Row {
  matched: boolean
}

/** What a join must give, row by row. */
class Model {
  #left: KeptRow[] = []
  #right: KeptRow[] = []
  late = 0

  readonly type: StreamJoinKind
  readonly nullSafe: boolean

  constructor(type: StreamJoinKind, nullSafe: boolean) {
    this.type = type
    this.nullSafe = nullSafe
  }

  batch({ left, right }: Sides, late: number, final: number): string[] {
    const out: string[] = []
    const isInTime = ({ second }: Row): boolean => second === null || second > late
    this.late += [...left, ...right].filter((row) => !isInTime(row)).length
    for (const row of left.filter(isInTime)) {
      const kept = { ...row, matched: false }
      for (const other of this.#right) this.#pair(kept, other, out)
      this.#left.push(kept)
    }
    for (const row of right.filter(isInTime)) {
      const kept = { ...row, matched: false }
      for (const other of this.#left) this.#pair(other, kept, out)
      this.#right.push(kept)
    }
    const isFinal =
      (seconds: number) =>
      ({ second }: Row): boolean =>
        second !== null && second + seconds <= final
    const [leftFinal, rightFinal] = [isFinal(AFTER), isFinal(BEFORE)]
    const { type } = this
    for (const row of this.#left.filter(leftFinal))
      if (!row.matched && (type === 'left' || type === 'full')) out.push(textOf(row, undefined))
    for (const row of this.#right.filter(rightFinal))
      if (!row.matched && type === 'full') out.push(textOf(undefined, row))
    this.#left = this.#left.filter((row) => !leftFinal(row))
    this.#right = this.#right.filter((row) => !rightFinal(row))
    return out.toSorted()
  }

  #pair(left: KeptRow, right: KeptRow, out: string[]): void {
    const isSameKey = left.k === right.k && (this.nullSafe || left.k !== null)
    if (!isSameKey || left.second === null || right.second === null || left.id % 3 === right.id % 3) return
    if (right.second < left.second - BEFORE || right.second > left.second + AFTER) return
    if (this.type !== 'left_semi') out.push(textOf(left, right))
    else if (!left.matched) out.push(rowText(left))
    left.matched = true
    right.matched = true
  }
}

const NOTHING = ['null', 'null', 'null', 'null'].join()
const rowText = ({ k, second, id, name }: Row): string => [k, second, id, name].map(String).join()
const textOf = (left: Row | undefined, right: Row | undefined): string =>
  [left, right].map((row) => (row ? rowText(row) : NOTHING)).join()

const shown = (value: unknown): string =>
  value !== null && typeof value === 'object' && 'getTime' in value
    ? String((value as Date).getTime() / 1000)
    : String(value)

function rowsOf(random: Random, batch: number, first: number): readonly Row[] {
  return Array.from({ length: random.pick([0, 1, 6, 50]) }, (_, i) => ({
    k: random.pick([null, '', ...[1, 2, 3, 4].map((length) => `${'key '.repeat(length)}${random.integer(0, 5)}`)]),
    second: random.chance(0.05) ? null : 1000 + batch * 6 + random.integer(-30, 10),
    id: first + i,
    name: random.chance(0.2) ? null : 'name '.repeat(random.integer(0, 5)),
  }))
}

for (const [type, nullSafe] of [
  ['inner', false],
  ['left', false],
  ['full', false],
  ['full', true],
  ['left_semi', true],
] as const) {
  test(`a ${type} join of streams ${nullSafe ? 'by <=> ' : ''}gives the same with state that stays, that leaves the memory, and that is restored`, async (t) => {
    const random = new Random(nullSafe ? 3 : 4)
    const model = new Model(type, nullSafe)
    const stages = [new KeptStage([0, 1]), new KeptStage([0, 1], false), new KeptStage([0, 1])] as const
    let [late, final] = [0, 0]
    let dropped = 0
    for (let batch = 0; batch < 60; batch++) {
      const rows = { left: rowsOf(random, batch, batch * 1000), right: rowsOf(random, batch, batch * 1000) }
      const expected = model.batch(rows, late, final)
      if (random.chance(0.2)) stages[2].forget()
      if (random.chance(0.4)) trim()
      for (const [i, stage] of stages.entries()) {
        const out = await stage.batch(
          planOf(type, nullSafe, rows),
          BigInt(late) * 1_000_000n,
          BigInt(final) * 1_000_000n,
        )
        t.deepEqual(out.map((row) => row.map(shown).join()).toSorted(), expected, `batch ${batch}, stage ${i}`)
      }
      const [left, right] = [stages[0].counts.get(0)!, stages[0].counts.get(1)!]
      dropped += left.rowsDropped + right.rowsDropped
      late = final
      if (rows.left.length > 0 && rows.right.length > 0) final = Math.max(final, 1000 + batch * 6 - 8)
    }
    t.is(dropped, model.late)
    const kinds = stages[1].kindsOf(0)
    t.true(kinds.includes('delta') && kinds.includes('snapshot'), String(kinds))
    for (const stage of stages) stage.forget()
  })
}

for (const type of ['inner', 'full'] as const) {
  test(`snapshots of many rows of a ${type} join are made bit by bit, and hold each row once`, async (t) => {
    const random = new Random(41)
    const [kept, mixed] = [new KeptStage([0, 1]), new KeptStage([0, 1])]
    const sideOf = (batch: number, first: number): readonly Row[] =>
      Array.from({ length: 1500 }, (_, i) => ({
        k: `key ${batch * 1500 + i - random.integer(0, 6000)}`,
        second: 1000 + batch - random.integer(0, 3),
        id: first + i,
        name: random.chance(0.2) ? null : 'name '.repeat(random.integer(0, 5)),
      }))
    let [late, final] = [0n, 0n]
    for (let batch = 0; batch < 44; batch++) {
      const rows = { left: sideOf(batch, batch * 3000), right: sideOf(batch, batch * 3000 + 1500) }
      if (random.chance(0.15)) mixed.forget()
      if (random.chance(0.1)) trim()
      const [one, other] = [
        await kept.batch(planOf(type, false, rows), late, final),
        await mixed.batch(planOf(type, false, rows), late, final),
      ]
      const [expected, out] = [one, other].map((some) => some.map((row) => row.map(shown).join()).toSorted())
      t.deepEqual(out, expected, `batch ${batch}`)
      for (const side of [0, 1]) t.is(mixed.counts.get(side)!.rowsTotal, kept.counts.get(side)!.rowsTotal)
      late = final
      final = BigInt(1000 + Math.max(0, batch - 24)) * 1_000_000n
    }
    for (const side of [0, 1]) t.true(kept.snapshotsInParts(side) > 0, kept.kindsOf(side).join(' '))
    kept.forget()
    mixed.forget()
  })
}

test('rows of a join of streams that expire leave the memory, and those of one key are no slower to keep than those of many', async (t) => {
  const stage = new KeptStage([0, 1])
  let most = 0
  for (let batch = 0; batch < 30; batch++) {
    const rows = Array.from({ length: 4000 }, (_, i) => ({
      k: 'one key',
      second: 1000 + batch * 20,
      id: i,
      name: 'a name that is long enough',
    }))
    const final = BigInt(1000 + batch * 20) * 1_000_000n
    await stage.batch(planOf('inner', false, { left: rows, right: [] }), final - 1n, final)
    const { rowsTotal, memoryBytes } = stage.counts.get(0)!
    t.is(rowsTotal, 4000)
    if (batch === 5) most = memoryBytes * 2
    if (batch > 5) t.true(memoryBytes < most, `${memoryBytes} bytes in batch ${batch}`)
  }
  stage.forget()
})

test('rows that can have no match, without a key or without a time, are not kept', async (t) => {
  const row = { k: 'a', second: 1000, id: 1, name: null }
  const rows = [row, { ...row, k: null }, { ...row, second: null }]
  const kept = async (type: StreamJoinKind, nullSafe: boolean): Promise<readonly number[]> => {
    const stage = new KeptStage([0, 1])
    await stage.batch(planOf(type, nullSafe, { left: rows, right: rows }))
    stage.forget()
    return [0, 1].map((id) => stage.counts.get(id)!.rowsTotal)
  }
  t.deepEqual(await kept('inner', false), [1, 1])
  t.deepEqual(await kept('inner', true), [3, 3])
  t.deepEqual(await kept('left', false), [3, 1])
  t.deepEqual(await kept('full', false), [3, 3])
})

test('a row that finds its match later is told from others of its key when the state is restored', async (t) => {
  const stage = new KeptStage([0, 1], false)
  const row = (second: number, id: number): Row => ({ k: 'a', second, id, name: null })
  const run = async (left: readonly Row[], right: readonly Row[], final = 0) => {
    const plan = planOf('left', false, { left, right })
    const out = await stage.batch(plan, 0n, BigInt(final) * 1_000_000n)
    return out.map((columns) => `${columns[2]} ${columns[6]}`).toSorted()
  }
  // Many others, so that what changes is written as a delta.
  const others = Array.from({ length: 20 }, (_, i) => ({ ...row(2000, 100 + i), k: 'b' }))
  t.deepEqual(await run([row(1000, 3), ...others], []), [])
  t.deepEqual(await run([row(1003, 6)], []), [])
  t.deepEqual(await run([row(1004, 9)], []), [])
  t.deepEqual(await run([], [row(998, 1)]), ['3 1', '6 1'])
  t.deepEqual(await run([], [], 1500), ['9 null'])
})

for (const type of ['inner', 'full'] as const) {
  test.serial(
    `both sides of a ${type} join leave the memory within batches, and match as those in memory do`,
    async (t) => {
      t.timeout(300_000)
      const random = new Random(71)
      const [kept, leaving] = [new KeptStage([0, 1]), new KeptStage([0, 1])]
      leaving.memoryBytes = 12 * 1024 ** 2
      const sideOf = (batch: number, first: number): readonly Row[] =>
        Array.from({ length: 6000 }, (_, i) => ({
          // Most are new, some had matches before, and a few keys have many rows.
          k: random.chance(0.01)
            ? `hot ${i % 2}`
            : `a key of some length ${batch * 6000 + i - random.pick([0, 0, 0, 9000])}`,
          second: 1000 + batch,
          id: first + i,
          name: 'name '.repeat(random.integer(8, 16)),
        }))
      let final = 0n
      for (let batch = 0; batch < 8; batch++) {
        const rows = { left: sideOf(batch, batch * 20_000), right: sideOf(batch, batch * 20_000 + 10_000) }
        const [expected, out] = [
          await kept.batch(planOf(type, false, rows), final, final),
          await leaving.batch(planOf(type, false, rows), final, final),
        ].map((some) => some.map((row) => row.map(shown).join()).toSorted())
        t.deepEqual(out, expected, `batch ${batch}`)
        for (const side of [0, 1]) t.is(leaving.counts.get(side)!.rowsTotal, kept.counts.get(side)!.rowsTotal)
        if (batch > 3) final = BigInt(1000 + batch - 4) * 1_000_000n
      }
      const bytes = (stage: KeptStage): number =>
        [0, 1].reduce((sum, side) => sum + stage.counts.get(side)!.memoryBytes, 0)
      t.true(bytes(leaving) < bytes(kept) / 2, `${bytes(leaving)} of ${bytes(kept)} bytes`)
      kept.forget()
      leaving.forget()
    },
  )
}
