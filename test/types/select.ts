import {
  type AnyRow,
  col,
  type DataFrame,
  type Decimal,
  expr,
  functions as F,
  lit,
  type Timestamp,
} from '../../api/index.js'
import { type Equal, holds } from './equal.js'

type Order = { id: bigint; name: string; price: number; at: Date }
type RowOf<D> = D extends DataFrame<infer R> ? R : never
declare const orders: DataFrame<Order>
declare const anything: DataFrame

// Names give the columns they name, and a misspelt one does not compile.
const byName = orders.select('id', 'name')
holds<Equal<RowOf<typeof byName>, { id: bigint; name: string }>>()
// @ts-expect-error there is no column nmae
orders.select('id', 'nmae')
// @ts-expect-error it is not selected
byName.select('price')
const allAndMore = orders.select('*', F.upper('name').as('loud'))
holds<
  Equal<RowOf<typeof allAndMore>, Order & { loud: string | null } extends infer T ? { [K in keyof T]: T[K] } : never>
>()

// Computed columns are typed once they have a name.
const computed = orders.select(
  col('id'),
  col('name').as('label'),
  col('price').gt(2).as('dear'),
  lit(1).as('one'),
  col('price').cast('bigint').as('cents'),
  F.year('at').as('year'),
)
holds<
  Equal<
    RowOf<typeof computed>,
    { id: bigint; label: string; dear: boolean | null; one: number; cents: bigint | null; year: number | null }
  >
>()
const unnamed = orders.select('id', col('price').plus(1))
holds<Equal<RowOf<typeof unnamed>, AnyRow>>()
const written = orders.select(expr('id + 1').as('next'), 'name')
holds<Equal<keyof RowOf<typeof written>, 'next' | 'name'>>()

// A misspelt column within an expression does not compile either.
// @ts-expect-error there is no column prise
orders.select(col('prise'))
// @ts-expect-error there is no column prise
orders.select(col('prise').multiply(2).as('double'))
// @ts-expect-error there is no column prise
orders.filter(col('price').gt(col('prise')))
// @ts-expect-error there is no column prise
orders.where(F.abs('prise').lt(3))
orders.filter(col('price').gt(1).and(col('name').isNotNull()))
orders.filter('SQL is checked when the query is analyzed')
// @ts-expect-error there is no column prise
orders.col('prise')
// @ts-expect-error there is no column prise
orders.orderBy('prise')
// @ts-expect-error there is no column prise
orders.sort(col('prise').desc())
orders.orderBy('price', col('name').descNullsLast())
// @ts-expect-error there is no column prise
orders.drop('prise')
holds<Equal<RowOf<ReturnType<typeof dropped>>, { name: string; price: number }>>()
const dropped = () => orders.drop('id', 'at')

// Groups have their keys and what is computed of them.
const grouped = orders.groupBy('name').agg(F.sum('price').as('total'), F.count().as('n'), F.max('at').as('last'))
holds<
  Equal<RowOf<typeof grouped>, { name: string; total: number | bigint | Decimal | null; n: bigint; last: Date | null }>
>()
const counted = orders.groupBy(col('name').as('who')).count()
holds<Equal<RowOf<typeof counted>, { who: string; count: bigint }>>()
const windows = orders.groupBy(F.window('at', '10 seconds'), 'name').agg(F.min('price').as('low'))
holds<Equal<RowOf<typeof windows>['window'], { readonly start: Timestamp; readonly end: Timestamp }>>()
holds<Equal<keyof RowOf<typeof windows>, 'window' | 'name' | 'low'>>()
const summed = orders.groupBy('name').max('price', 'at')
holds<Equal<RowOf<typeof summed>, { name: string; 'max(price)': number | null; 'max(at)': Date | null }>>()
// @ts-expect-error there is no column nmae
orders.groupBy('nmae')
// @ts-expect-error there is no column prise
orders.groupBy('name').agg(F.sum('prise').as('total'))
// @ts-expect-error there is no column prise
orders.groupBy('name').sum('prise')
// @ts-expect-error there is no column prise
orders.agg(F.sum('prise'))

// Where the columns are not known, any name compiles, and rows are open.
holds<Equal<RowOf<typeof anything>, AnyRow>>()
const open = anything.select('a', col('b').as('c')).filter(col('d').eq(1)).groupBy('x').agg(F.sum('y'))
holds<Equal<RowOf<typeof open>, AnyRow>>()
anything.orderBy('a').drop('b').groupBy('c').count()

// Stars, fields of structs and qualified names are left to the analysis.
orders.select(col('o.id'), col('*'), '*', 'name.first')
orders.filter(col('o.id').eq(1n))

// Functions that take every DataFrame are given one without its types.
const general: DataFrame = orders.toDF()
void general
