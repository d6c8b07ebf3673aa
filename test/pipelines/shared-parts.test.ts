import test from 'ava'
import { BIGINT, BOOLEAN, type DataType, DOUBLE, decimal, field, INT } from '../../columnar/types.js'
import { groupBy } from '../../common/group-by.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { AggregateCall } from '../../planner/plan/expression/expression.js'
import { Random } from '../support/random.js'
import { aggregate, aggregateCall, bound, named, run, schemaOf, table, tableOfBlocks } from '../support/stages.js'

const SHORT = decimal(18, 0)
const WIDE = decimal(38, 0)
const FIELDS = [
  field('k', INT, false),
  field('sure', SHORT, false),
  field('maybe', SHORT),
  field('wide', WIDE),
  field('small', INT),
]

interface Row {
  readonly k: number
  readonly sure: bigint
  readonly maybe: bigint | null
  readonly wide: bigint | null
  readonly small: number | null
}

/** Large numbers of mostly one sign, so that sums leave 64 bits often. */
function rowsOf(random: Random, count: number): readonly Row[] {
  const large = 10n ** 18n - 1n
  const short = () => (random.chance(0.8) ? large : random.bigint(59))
  const orNull = <T>(value: T): T | null => (random.chance(0.2) ? null : value)
  return Array.from({ length: count }, () => ({
    k: random.integer(0, 3),
    sure: short(),
    maybe: orNull(short()),
    wide: orNull(random.chance(0.5) ? random.bigint(100) : short()),
    small: orNull(random.integer(-5, 5)),
  }))
}

type Column = 'sure' | 'maybe' | 'wide' | 'small'

function expectedOf(fn: 'sum' | 'avg' | 'count', rows: readonly Row[], column: Column): string {
  const values = rows.flatMap((row) => (row[column] === null ? [] : [BigInt(row[column])]))
  if (fn === 'count') return String(values.length)
  if (values.length === 0) return 'null'
  const sum = values.reduce((a, b) => a + b, 0n)
  return fn === 'sum' ? String(sum) : String(Number(sum) / values.length)
}

const typeOf = (fn: 'sum' | 'avg' | 'count', column: Column): DataType => {
  if (fn === 'count') return BIGINT
  if (column === 'small') return fn === 'sum' ? BIGINT : DOUBLE
  return WIDE
}

/** Averages are compared as doubles: their digits are the matter of other tests. */
const textOf = (fn: string, value: unknown): string =>
  value !== null && fn === 'avg' ? String(Number(Number(String(value)).toPrecision(12))) : String(value)

for (const seed of [1, 2, 3, 4]) {
  test(`sums, averages and counts of the same numbers are right together, whole and in parts (seed ${seed})`, async (t) => {
    const random = new Random(seed)
    const rows = rowsOf(random, random.pick([1, 30, 3000]))
    const input = table(FIELDS, rows)
    const isLarge = call('gt', BOOLEAN, [bound(input, 'sure'), literal(SHORT, 0n)])
    const cases = (['sure', 'maybe', 'wide', 'small'] as const).flatMap((column) =>
      (['avg', 'sum', 'count', 'sum'] as const).flatMap((fn) =>
        [false, true].map((isFiltered) => ({ column, fn, isFiltered })),
      ),
    )
    const calls: AggregateCall[] = cases.map(({ column, fn, isFiltered }, i) =>
      aggregateCall(`a${i}`, fn, typeOf(fn, column), [bound(input, column)], isFiltered ? isLarge : undefined),
    )
    for (const keys of [[], [named('k', bound(input, 'k'))]]) {
      const groups = keys.length === 0 ? [rows] : [...groupBy(rows, (row) => row.k).values()]
      const expected = groups.map((group) =>
        cases.map(({ fn, column, isFiltered }) => {
          const text = expectedOf(fn, isFiltered ? group.filter(({ sure }) => sure > 0n) : group, column)
          return text === 'null' ? text : textOf(fn, text)
        }),
      )
      const texts = (found: readonly (readonly unknown[])[]): string[][] =>
        found.map((row) => row.slice(keys.length).map((value, i) => textOf(cases[i]!.fn, value)))
      const whole = await run(aggregate('complete', input, keys, calls))
      t.deepEqual(texts(whole.rows).toSorted(), expected.toSorted())
      const partial = aggregate('partial', input, keys, calls)
      const { emitted } = await run(partial, { sink: { kind: 'shuffle', partitioning: { kind: 'single' } } })
      const blocks = emitted.map(({ block }) => block)
      const merged = tableOfBlocks(schemaOf(partial).fields, [...blocks, ...blocks])
      const twice = await run(aggregate('final', merged, keys, calls))
      const doubled = expected.map((row) =>
        row.map((text, i) => (text === 'null' || cases[i]!.fn === 'avg' ? text : String(BigInt(text) * 2n))),
      )
      t.deepEqual(texts(twice.rows).toSorted(), doubled.toSorted())
    }
  })
}
