import test from 'ava'
import { withSession } from '../support/sessions.js'
import { sparkData } from '../support/spark-data.js'

type Bits = string | null

const [CALLS, ...ROWS] = sparkData<readonly Bits[]>('math')

/** Java rounds these otherwise for some angles, as its intrinsics do; ours are rounded right. */
const OF_ANGLES = /^(sin|cos|tan|cot|sec|csc)\(/

function double(bits: Bits): number | null {
  if (bits === null) return null
  return bits === 'nan' ? Number.NaN : Buffer.from(bits, 'hex').readDoubleBE()
}

/** How many doubles lie between two of one sign. */
function distance(a: number, b: number): bigint {
  const ordinal = (value: number): bigint => {
    const buffer = Buffer.alloc(8)
    buffer.writeDoubleBE(value)
    return buffer.readBigInt64BE()
  }
  const between = ordinal(a) - ordinal(b)
  return between < 0n ? -between : between
}

test('functions of doubles give what Spark gives, to the last bit', async (t) => {
  const points = ROWS.map(([x, y]) => ({ x: double(x!), y: double(y!) }))
  const calls = CALLS!.map((call, i) => `${call} as c${i}`)
  const rows = (await withSession('local[1]', (session) =>
    session
      .createDataFrame(points, 'x double, y double')
      .selectExpr(...calls)
      .collect(),
  )) as readonly Record<string, number | null>[]
  for (const [i, call] of CALLS!.entries()) {
    let others = 0
    for (const [n, row] of ROWS.entries()) {
      const [given, expected] = [rows[n]![`c${i}`]!, double(row[i + 2]!)]
      if (Object.is(given, expected)) continue
      others++
      const isNear = OF_ANGLES.test(call!) && given !== null && expected !== null && distance(given, expected) <= 2n
      t.true(isNear, `${call} of ${double(row[0]!)} and ${double(row[1]!)}: ${given} instead of ${expected}`)
    }
    t.true(others <= ROWS.length / 100, `${call}: ${others} of ${ROWS.length} differ in the last bit`)
  }
})
