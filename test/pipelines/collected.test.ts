import test from 'ava'
import { BINARY, DOUBLE, field, INT, STRING } from '../../columnar/types.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { memoryOf } from '../support/memory.js'
import { Random } from '../support/random.js'
import { aggregate, aggregateCall, bound, named, run, schemaOf, table, tableOfBlocks } from '../support/stages.js'

const FIELDS = [field('k', INT), field('d', DOUBLE), field('s', STRING)]

function rowsOf(random: Random, count: number, groups: number) {
  return Array.from({ length: count }, () => {
    const n = random.integer(0, groups)
    return {
      k: random.chance(0.05) ? null : n,
      d: random.chance(0.1) ? null : random.integer(0, 1000) / 8,
      s: random.chance(0.1)
        ? null
        : random.chance(0.3)
          ? ''
          : `${n} and a text that lies elsewhere ${random.integer(0, 99)}`,
    }
  })
}

/** The doubles and the texts of each group. */
const grouped = (mode: 'complete' | 'partial' | 'final', input: PhysicalPlan, values = input): PhysicalPlan => {
  const of = (name: string) => [bound(values, name)]
  const calls = [
    { ...aggregateCall('ds', 'collect', BINARY, of('d')), nullable: false },
    { ...aggregateCall('pairs', 'collect', BINARY, [...of('s'), ...of('d')]), nullable: false },
  ]
  return aggregate(mode, input, [named('k', bound(input, 'k'))], calls)
}

function doublesIn(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(i * 8, true)).toSorted((a, b) => a - b)
}

function pairsIn(bytes: Uint8Array): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const pairs: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at, true)
    const text = Buffer.from(bytes.subarray(at + 4, at + 4 + length)).toString()
    pairs.push(`${text}|${view.getFloat64(at + 4 + length, true)}`)
    at += 4 + length + 8
  }
  return pairs.toSorted()
}

/** One text, as comparing so many values one by one takes long. */
const textOf = (groups: readonly (readonly unknown[])[]): string =>
  groups
    .map((group) => JSON.stringify(group))
    .toSorted()
    .join('\n')

const told = (rows: readonly (readonly unknown[])[]): string =>
  textOf(rows.map(([k, ds, pairs]) => [k, doublesIn(ds as Uint8Array), pairsIn(pairs as Uint8Array)]))

function expectedOf(rows: ReturnType<typeof rowsOf>): string {
  const groups = new Map<number | null, (typeof rows)[number][]>()
  for (const row of rows) {
    const members = groups.get(row.k)
    if (members) members.push(row)
    else groups.set(row.k, [row])
  }
  return textOf(
    [...groups].map(([k, members]) => {
      const ds = members.flatMap(({ d }) => (d === null ? [] : [d]))
      const pairs = members.flatMap(({ s, d }) => (s === null || d === null ? [] : [`${s}|${d}`]))
      return [k, ds.toSorted((a, b) => a - b), pairs.toSorted()]
    }),
  )
}

test('values of groups are collected without rows that have a NULL, whole and merged from parts', async (t) => {
  const rows = rowsOf(new Random(1), 9000, 40)
  const input = table(FIELDS, rows, 700)
  t.true(told((await run(grouped('complete', input))).rows) === expectedOf(rows))
  const partial = grouped('partial', input)
  const { emitted } = await run(partial, {
    sink: { kind: 'shuffle', partitioning: { kind: 'hash', keys: [bound(partial, 'k')], partitions: 1 } },
  })
  const read = tableOfBlocks(
    schemaOf(partial).fields,
    emitted.map(({ block }) => block),
  )
  t.true(told((await run(grouped('final', read, input))).rows) === expectedOf(rows))
})

test('collected values leave the memory with their groups and come back', async (t) => {
  const rows = rowsOf(new Random(2), 120_000, 30_000)
  const plan = grouped('complete', table(FIELDS, rows, 4000))
  const { result, rows: found } = await run(plan, { memory: memoryOf(12 << 20), spills: true })
  t.true(result.spilledBytes > 1 << 20)
  t.true(told(found) === expectedOf(rows))
})

test('collected values count in the memory: a group that grows beyond it raises', async (t) => {
  const rows = Array.from({ length: 200_000 }, (_, i) => ({ k: 1, d: i, s: `${i} and a text that lies elsewhere` }))
  const plan = grouped('complete', table(FIELDS, rows, 4000))
  await t.throwsAsync(run(plan, { memory: memoryOf(8 << 20) }), { message: /UNABLE_TO_ACQUIRE_MEMORY/ })
})
