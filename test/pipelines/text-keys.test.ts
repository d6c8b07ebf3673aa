import test from 'ava'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { BIGINT, field, STRING } from '../../columnar/types.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { aggregate, aggregateCall, bound, join, named, run, schemaOf, table } from '../support/stages.js'

const MULTIPLIER = 0x9e3779b97f4a7c15n
const LONGEST = 34
const PARTITIONS = 10_007

/** The hash of texts as it was in every version: partitions of checkpoints are divided by it. */
function hashOf(text: string): bigint {
  const bytes = Buffer.from(text)
  const wordAt = (at: number): bigint =>
    bytes.subarray(at, at + 8).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  const mixed = (word: bigint): bigint => {
    const product = BigInt.asUintN(64, word * MULTIPLIER)
    return product ^ (product >> 32n)
  }
  if (bytes.length <= 7) return mixed(wordAt(0) | (BigInt(bytes.length) << 56n))
  let hash = BigInt(bytes.length)
  for (let at = 0; at < bytes.length; at += 8) hash = mixed(hash ^ wordAt(at))
  return mixed((hash >> 8n) | (255n << 56n))
}

const partitionOf = (text: string): number => Number(((hashOf(text) >> 32n) * BigInt(PARTITIONS)) >> 32n)

/** Texts of all lengths, and of each those that differ from it in one byte, with more behind the end of some. */
const TEXTS = Array.from({ length: LONGEST + 1 }, (_, length) => {
  const text = 'abcdefghijklmnopqrstuvwxyz0123456789'.slice(0, length)
  return [text, ...Array.from(text, (_, i) => `${text.slice(0, i)}\0${text.slice(i + 1)}`)]
}).flat()
const ROWS = [...TEXTS, null].map((s, i) => ({ s, n: BigInt(i) }))
const FIELDS = [field('s', STRING), field('n', BIGINT)]

const counted = (mode: 'partial' | 'final', input: PhysicalPlan): PhysicalPlan =>
  aggregate(mode, input, [named('s', bound(input, 's'))], [aggregateCall('n', 'count', BIGINT, [])])

test('texts of any length are one group when all their bytes are the same, also of groups that are grouped again', async (t) => {
  const groups = counted('final', counted('partial', table(FIELDS, [...ROWS, ...ROWS.toReversed()], 100)))
  const again = counted('final', counted('partial', groups))
  for (const [plan, times] of [
    [groups, 2n],
    [again, 1n],
  ] as const) {
    const { rows } = await run(plan)
    t.deepEqual(
      rows,
      ROWS.map(({ s }) => [s, times]),
    )
  }
})

test('texts of any length join those with the same bytes, and NULL none', async (t) => {
  const [left, right] = [
    table(FIELDS, ROWS, 100),
    table(
      [field('t', STRING), field('m', BIGINT)],
      ROWS.map(({ s, n }) => ({ t: s, m: n })),
    ),
  ]
  const { rows } = await run(join('inner', left, right, [['s', 't']]))
  t.deepEqual(
    rows.toSorted((a, b) => Number((a[1] as bigint) - (b[1] as bigint))),
    ROWS.filter(({ s }) => s !== null).map(({ s, n }) => [s, n, s, n]),
  )
})

test('texts go to the partitions to which they always went, from columns and from rows of groups', async (t) => {
  const input = table(FIELDS, ROWS, 100)
  for (const plan of [input, counted('partial', input)]) {
    const partitioning = { kind: 'hash', keys: [bound(plan, 's')], partitions: PARTITIONS } as const
    const { emitted } = await run(plan, { sink: { kind: 'shuffle', partitioning } })
    const found = emitted.flatMap(({ partition, block }) =>
      tuplesFromBlock(schemaOf(plan), block).map(([s]) => [s, partition] as const),
    )
    const texts = found.filter(([s]) => s !== null)
    t.is(texts.length, TEXTS.length)
    for (const [s, partition] of texts) t.is(partition, partitionOf(s as string), JSON.stringify(s))
  }
})
