import { Session } from './packaged.js'
import { type Measured, renderTable, writeResult } from './report.js'
import { timedQuery } from './timed-query.js'

const RUNS = 5
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

/**
 * Functions of the program over ten million rows in memory, in one thread, against loops over arrays of JavaScript that call the same functions, keep what they give and add it up;
 * the median of several runs. `UDF_ROWS` is another number of rows.
 */
export async function benchUdf(): Promise<void> {
  const rows = Number(process.env['UDF_ROWS'] ?? ROWS_OF_RECORD)
  const ours = await measureOurs(rows)
  const numbers = Float64Array.from({ length: rows }, (_, id) => id * 0.37)
  const grownByHand = loops(() => sumOfGrown(numbers))
  const spreadByHand = loops(() => spreadOf(numbers))
  // Made only now: so many objects would cost the loop over numbers its time.
  const texts = Array.from({ length: rows }, (_, id) => `item-${id % 1_000_003}`)
  const measured: readonly Measured[] = [
    { what: 'double → double', runsMs: { Millrace: ours.grown, JavaScript: grownByHand } },
    { what: 'string → int', runsMs: { Millrace: ours.hashed, JavaScript: loops(() => sumOfHashed(texts)) } },
    { what: 'aggregate of doubles', runsMs: { Millrace: ours.spread, JavaScript: spreadByHand } },
  ]
  writeResult({
    name: 'udf',
    title: `Functions of the program over ${rows} rows in memory, one thread, median of ${RUNS} runs, against loops by hand`,
    text: renderTable(['Millrace', 'JavaScript'], measured),
    data: { rows, measured },
    isOfRecord: rows === ROWS_OF_RECORD,
  })
}

async function measureOurs(rows: number): Promise<Record<'grown' | 'hashed' | 'spread', readonly number[]>> {
  const session = await Session.builder().master('local[1]').config('log.level', 'error').create()
  try {
    session.udf.register('grown', grown, 'double')
    session.udf.register('hashed', hashed, 'int')
    session.udf.register('spread', spread, 'double')
    const columns = `cast(id as double) * 0.37D x, concat('item-', id % 1000003) s`
    await session.sql(`cache table t as select ${columns} from range(${rows})`).collect()
    const timed = async (text: string) => (await timedQuery(session, text, RUNS)).runsMs
    return {
      grown: await timed('select sum(grown(x)) from t'),
      hashed: await timed('select sum(hashed(s)) from t'),
      spread: await timed('select spread(x) from t'),
    }
  } finally {
    await session.stop()
  }
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
