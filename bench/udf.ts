import type { AnyRow } from '../api/column/row.js'
import { Session } from './packaged.js'
import { type Measured, renderTable, writeResult } from './report.js'
import { timedQuery } from './timed-query.js'

const RUNS = 5
const GROUPS = 100
const ROWS_OF_RECORD = 10_000_000

const grown = (x: number): number => x * 1.0825 + Math.sqrt(x)

const hashed = (s: string): number => {
  let hash = 0
  for (let i = 0; i < s.length; i++) hash = (hash * 31 + s.charCodeAt(i)) | 0
  return hash
}

interface Ends {
  least: number
  greatest: number
}

const spread = {
  zero: (): Ends => ({ least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY }),
  reduce(ends: Ends, x: number): Ends {
    ends.least = Math.min(ends.least, x)
    ends.greatest = Math.max(ends.greatest, x)
    return ends
  },
  merge: (a: Ends, b: Ends): Ends => ({
    least: Math.min(a.least, b.least),
    greatest: Math.max(a.greatest, b.greatest),
  }),
  finish: ({ least, greatest }: Ends): number => greatest - least,
}

const summed = {
  zero: () => 0,
  reduce: (sum: number, x: number) => sum + x,
  merge: (a: number, b: number) => a + b,
  finish: (sum: number) => sum,
}

function* both(x: number): Generator<{ y: number }> {
  yield { y: x }
  yield { y: -x / 2 }
}

async function* doubled(rows: AsyncIterable<AnyRow>): AsyncGenerator<{ y: number }> {
  for await (const { x } of rows) yield { y: (x as number) * 2 }
}

/**
 * Functions of the program over ten million rows in memory, in one thread, against loops over arrays of JavaScript that call the same functions, keep what they give and add it up;
 * the median of several runs. `UDF_ROWS` is another number of rows.
 */
export async function benchUdf(): Promise<void> {
  const rows = Number(process.env['UDF_ROWS'] ?? ROWS_OF_RECORD)
  const ours = await measureOurs(rows)
  const byHand = measureLoops(rows)
  const measured = Object.entries(WHATS).map(([name, what]): Measured => {
    const key = name as keyof typeof WHATS
    return { what, runsMs: { Millrace: ours[key], JavaScript: byHand[key] } }
  })
  writeResult({
    name: 'udf',
    title: `Functions of the program over ${rows} rows in memory, one thread, median of ${RUNS} runs, against loops by hand`,
    text: renderTable(['Millrace', 'JavaScript'], measured),
    data: { rows, measured },
    isOfRecord: rows === ROWS_OF_RECORD,
  })
}

const WHATS = {
  grown: 'double → double',
  hashed: 'string → int',
  spread: 'aggregate of doubles',
  summed: `aggregate of doubles in ${GROUPS} groups`,
  both: 'table function, two rows of a double',
  doubled: 'mapPartitions, double → double',
  groups: `applyInArrow, ${GROUPS} groups given back`,
} as const
type Runs = Readonly<Record<keyof typeof WHATS, readonly number[]>>

async function measureOurs(rows: number): Promise<Runs> {
  const session = await Session.builder().master('local[1]').config('log.level', 'error').create()
  try {
    session.udf.register('grown', grown, 'double')
    session.udf.register('hashed', hashed, 'int')
    session.udf.register('spread', spread, 'double')
    session.udf.register('summed', summed, 'double')
    session.udtf.register('both', both, 'y double')
    const columns = `cast(id as double) * 0.37D x, concat('item-', id % 1000003) s, id % ${GROUPS} k`
    await session.sql(`cache table t as select ${columns} from range(${rows})`).collect()
    const t = session.table('t').select('x', 'k')
    t.select('x').mapPartitions(doubled, 'y double').createOrReplaceTempView('doubled')
    t.groupBy('k')
      .applyInArrow((table) => table.select(['x']), 'x double')
      .createOrReplaceTempView('groups')
    const timed = async (text: string) => (await timedQuery(session, text, RUNS)).runsMs
    return {
      grown: await timed('select sum(grown(x)) from t'),
      hashed: await timed('select sum(hashed(s)) from t'),
      spread: await timed('select spread(x) from t'),
      summed: await timed('select sum(y) from (select summed(x) y from t group by k)'),
      both: await timed('select sum(y) from t, lateral both(x)'),
      doubled: await timed('select sum(y) from doubled'),
      groups: await timed('select sum(x) from groups'),
    }
  } finally {
    await session.stop()
  }
}

function measureLoops(rows: number): Runs {
  const numbers = Float64Array.from({ length: rows }, (_, id) => id * 0.37)
  const keys = BigInt64Array.from({ length: rows }, (_, id) => BigInt(id % GROUPS))
  const overNumbers = {
    grown: loops(() => sumOfGrown(numbers)),
    spread: loops(() => spreadOf(numbers)),
    summed: loops(() => sumOfGroups(numbers, keys)),
    both: loops(() => sumOfBoth(numbers)),
    doubled: loops(() => sumOfDoubled(numbers)),
    groups: loops(() => sumOfGroups(numbers, keys)),
  }
  // Made only now: so many objects would cost the loops over numbers their time.
  const texts = Array.from({ length: rows }, (_, id) => `item-${id % 1_000_003}`)
  return { ...overNumbers, hashed: loops(() => sumOfHashed(texts)) }
}

function sumOfGroups(values: Float64Array, keys: BigInt64Array): number {
  const groups = new Map<bigint, number>()
  for (let i = 0; i < values.length; i++) {
    const key = keys[i]!
    groups.set(key, summed.reduce(groups.get(key) ?? summed.zero(), values[i]!))
  }
  return [...groups.values()].reduce((sum, one) => sum + one, 0)
}

function sumOfBoth(values: Float64Array): number {
  let sum = 0
  for (const x of values) for (const { y } of both(x)) sum += y
  return sum
}

function sumOfDoubled(values: Float64Array): number {
  let sum = 0
  for (const row of Array.from(values, (x) => ({ x }))) sum += row.x * 2
  return sum
}

function sumOfGrown(values: Float64Array): number {
  const out = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) out[i] = grown(values[i]!)
  let sum = 0
  for (let i = 0; i < out.length; i++) sum += out[i]!
  return sum
}

function spreadOf(values: Float64Array): number {
  let ends = spread.zero()
  for (let i = 0; i < values.length; i++) ends = spread.reduce(ends, values[i]!)
  return spread.finish(ends)
}

function sumOfHashed(texts: readonly string[]): number {
  const out = new Int32Array(texts.length)
  for (let i = 0; i < texts.length; i++) out[i] = hashed(texts[i]!)
  let sum = 0
  for (let i = 0; i < out.length; i++) sum += out[i]!
  return sum
}

function loops(run: () => number): readonly number[] {
  return Array.from({ length: RUNS }, () => {
    const began = performance.now()
    run()
    return performance.now() - began
  })
}
