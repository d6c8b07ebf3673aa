import type { Vector } from 'apache-arrow'
import { arrowUdf, type Column, col, type DataFrame, type Session, udaf, udf, udtf } from '../../api/index.js'
import { type Equal, holds } from './equal.js'

declare const session: Session
declare const people: DataFrame<{ name: string | null; age: number }>
type RowOf<D> = D extends DataFrame<infer R> ? R : never

// A function gives a column of its type, and takes a column for each parameter.
const grown = udf((name: string | null, age: number) => (age > 17 ? name : null), 'string')
const one = people.select(grown('name', col('age')).as('grown'))
holds<Equal<RowOf<typeof one>, { grown: string | null }>>()
// @ts-expect-error an argument is missing
grown('name')
// @ts-expect-error there is no column nmae
people.select(grown('nmae', 'age').as('x'))

// What it returns is of the type that it says.
udf((x: number) => x, 'bigint')
// @ts-expect-error a number is no text
udf((x: number) => x, 'string')
// @ts-expect-error a promise is no number
udf(async (x: number) => x, 'double')
udf((x: number) => [x], 'array<int>')

const registered = session.udf.register('grown', grown)
holds<Equal<typeof registered, typeof grown>>()
const doubled = session.udf.register('doubled', (x: number) => x * 2, 'double')
holds<Equal<ReturnType<typeof doubled<['age']>>, Column<number | null, string, 'age'>>>()
// @ts-expect-error a text is no number
session.udf.register('wrong', () => 'x', 'int')

// A function of partitions gets rows of the DataFrame and gives rows of its schema.
const mapped = people.mapPartitions(async function* (rows) {
  for await (const { name, age } of rows) yield { name, next: age + 1 }
}, 'name string, next int not null')
holds<Equal<RowOf<typeof mapped>, { name: string | null; next: number }>>()
people.mapPartitions(function* (rows) {
  // @ts-expect-error there is no column nmae
  for (const { nmae } of rows) yield { nmae }
}, 'nmae string')
// @ts-expect-error a text is no number
people.mapPartitions(() => [{ n: 'x' }], 'n int')
// @ts-expect-error a number is no batch
people.mapInArrow(() => [1], 'n int')

// The state of an aggregate is what `zero` gives, and its arguments are those of `reduce`.
const mean = udaf(
  {
    zero: () => ({ rows: 0, sum: 0 }),
    reduce: (state, x: number | null) => ({ rows: state.rows + 1, sum: state.sum + (x ?? 0) }),
    merge: (a, b) => ({ rows: a.rows + b.rows, sum: a.sum + b.sum }),
    finish: ({ rows, sum }) => sum / rows,
  },
  'double',
)
const means = people.groupBy('name').agg(mean('age').as('mean'))
holds<Equal<RowOf<typeof means>, { name: string | null; mean: number | null }>>()
// @ts-expect-error there is no column agee
people.agg(mean('agee').as('mean'))
udaf(
  { zero: () => 0, reduce: (n: number) => n + 1, merge: (a: number, b: number) => a + b, finish: (n: number) => n },
  // @ts-expect-error the result is no text
  'string',
)
udaf(
  // @ts-expect-error states are numbers
  { zero: () => 0, reduce: (n: number) => n + 1, merge: (a: string) => a, finish: (n: number) => n },
  'int',
)
const registeredMean = session.udf.register('mean', mean)
holds<Equal<typeof registeredMean, typeof mean>>()

// A table function gives rows of its columns.
const words = udtf(function* (text: string | null) {
  yield { at: 0, word: text }
}, 'at int not null, word string')
const found = words('name')
holds<Equal<RowOf<typeof found>, { at: number; word: string | null }>>()
// @ts-expect-error an argument is missing
words()
// @ts-expect-error a text is no number
udtf(() => [{ n: 'x' }], 'n int')

// A function of vectors gives a vector or an array of values, and takes a column for each.
const half = arrowUdf((x: Vector) => Float64Array.from(x, (value) => Number(value) / 2), 'double')
const halves = people.select(half('age').as('half'))
holds<Equal<RowOf<typeof halves>, { half: number | null }>>()
// @ts-expect-error a number is no vector
arrowUdf((_: Vector) => 1, 'double')

const together = people
  .groupBy('name')
  .cogroup(people.groupBy('name'))
  .applyInArrow((left) => left, 'n int')
holds<Equal<RowOf<typeof together>, { n: number | null }>>()
