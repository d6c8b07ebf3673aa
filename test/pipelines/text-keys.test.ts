import test from 'ava'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { BIGINT, BINARY, field, STRING } from '../../columnar/types.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { aggregate, aggregateCall, bound, join, named, run, schemaOf, table } from '../support/stages.js'

const MULTIPLIER = 0x9e3779b97f4a7c15n
/** What undoes a multiplication with it. */
const INVERSE = 0xf1de83e19937733dn
const LONGEST = 34
const PARTITIONS = 10_007

const mixed = (word: bigint): bigint => {
  const product = BigInt.asUintN(64, word * MULTIPLIER)
  return product ^ (product >> 32n)
}

const unmixed = (hash: bigint): bigint => BigInt.asUintN(64, (hash ^ (hash >> 32n)) * INVERSE)

const wordAt = (bytes: Uint8Array, at: number): bigint =>
  bytes.subarray(at, at + 8).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)

/** What bytes are mixed to before those from a place on are. */
function hashBefore(bytes: Uint8Array, end: number): bigint {
  let hash = BigInt(bytes.length)
  for (let at = 0; at < end; at += 8) hash = mixed(hash ^ wordAt(bytes, at))
  return hash
}

/** The hash of texts as it was in every version: partitions of checkpoints are divided by it. */
function hashOf(bytes: Uint8Array): bigint {
  if (bytes.length <= 7) return mixed(wordAt(bytes, 0) | (BigInt(bytes.length) << 56n))
  return mixed((hashBefore(bytes, bytes.length) >> 8n) | (255n << 56n))
}

const partitionOf = (text: string): number => Number(((hashOf(Buffer.from(text)) >> 32n) * BigInt(PARTITIONS)) >> 32n)

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

/** Bytes whose last words are others. */
function endingWith(bytes: Uint8Array, length: number, last: bigint): Uint8Array {
  const whole = new Uint8Array((length + 7) & ~7)
  whole.set(bytes.subarray(0, whole.length - 8))
  new DataView(whole.buffer).setBigUint64(whole.length - 8, last, true)
  return whole.subarray(0, length)
}

/** The first of the words, made of numbers from 1 on, that is below a bound. */
function firstBelow(bound: bigint, wordOf: (number: bigint) => bigint): bigint {
  for (let number = 1n; ; number++) if (wordOf(number) < bound) return wordOf(number)
}

test('bytes whose hashes are the same are one group only when they are the same themselves', async (t) => {
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => i + 1)
  const [seven, fifteen, long] = [bytes.subarray(0, 7), bytes.subarray(0, 15), bytes.subarray(0, 24)]
  const sevenBits = hashOf(seven)
  const other = firstBelow(1n << 56n, (n) => unmixed(sevenBits ^ (n << 32n)) ^ (7n << 56n))
  // Of these only the last eight bits of what they are mixed to are others, which the hash leaves out.
  const before = Array.from({ length: 256 }, (_, first) => Uint8Array.of(first, ...fifteen.subarray(1)))
  const short = before.flatMap((one): (readonly [Uint8Array, Uint8Array])[] => {
    const [start, end] = [hashBefore(one, 8), hashBefore(one, 15)]
    const lasts = Array.from({ length: 255 }, (_, i) => start ^ unmixed(end ^ BigInt(i + 1)))
    return lasts.filter((last) => last < 1n << 56n).map((last) => [one, endingWith(one, 15, last)])
  })
  const likeLong = (begun: Uint8Array): Uint8Array => {
    const at = begun.length - 8
    return endingWith(begun, begun.length, hashBefore(begun, at) ^ unmixed(hashBefore(long, 24)))
  }
  const pairs = [
    [seven, endingWith(seven, 7, other)],
    short[0]!,
    [long, likeLong(long.toReversed())],
    // The longer one begins with the other.
    [likeLong(bytes.subarray(0, 32)), long],
  ] as const
  for (const [a, b] of pairs) {
    t.notDeepEqual(a, b)
    t.is(BigInt.asUintN(32, hashOf(a)), BigInt.asUintN(32, hashOf(b)))
    const rows = [a, b, b, a, b].map((s, i) => ({ s, n: BigInt(i) }))
    const { rows: found } = await run(counted('partial', table([field('s', BINARY), field('n', BIGINT)], rows)))
    t.deepEqual(
      found.map(([s, n]) => [Buffer.from(s as Uint8Array).toString('hex'), n]),
      [
        [Buffer.from(a).toString('hex'), 2n],
        [Buffer.from(b).toString('hex'), 3n],
      ],
    )
  }
})
