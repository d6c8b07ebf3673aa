import { type Column, col, type DataFrame, type Session, udf } from '../../api/index.js'
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
