import { type AnyRow, col, type DataFrame, type Decimal, functions as F, lit } from '../../api/index.js'
import { type Equal, holds } from './equal.js'

type RowOf<D> = D extends DataFrame<infer R> ? R : never
type Sale = { shop: string; year: number; amount: number | null; open: boolean; note: string | null }
declare const sales: DataFrame<Sale>
declare const anything: DataFrame

// A pivot has the keys, and a column for each value that is told; several aggregates give each value several columns.
const byYear = sales.groupBy('shop').pivot('year', [2023, 2024]).agg(F.max('amount').as('most'))
holds<Equal<RowOf<typeof byYear>, { shop: string; '2023': number | null; '2024': number | null }>>()
const named = sales
  .groupBy('shop')
  .pivot('year', [lit(2023).as('last'), lit(2024).as('now')])
  .sum('amount')
holds<
  Equal<
    RowOf<typeof named>,
    { shop: string; last: number | bigint | Decimal | null; now: number | bigint | Decimal | null }
  >
>()
const both = sales.groupBy('shop').pivot('note', ['x', null]).agg(F.count().as('n'), F.max('year').as('y'))
holds<
  Equal<
    RowOf<typeof both>,
    { shop: string; x_n: bigint | null; x_y: number | null; null_n: bigint | null; null_y: number | null }
  >
>()
// @ts-expect-error there is no column 2025
byYear.select('2025')
// @ts-expect-error there is no column yaer
sales.groupBy('shop').pivot('yaer', [2023])
const found = sales.groupBy('shop').pivot('year').count()
holds<Equal<RowOf<typeof found>, AnyRow>>()
const open = anything.groupBy('a').pivot('b', ['x']).count()
holds<Equal<RowOf<typeof open>, AnyRow>>()

// Sums and averages are of numbers, conditions are boolean.
// @ts-expect-error a shop is no number
sales.groupBy('year').sum('shop')
sales.groupBy('year').max('shop')
// @ts-expect-error a year is no condition
sales.filter(col('year'))
// @ts-expect-error a text is no condition
sales.where(F.upper('shop'))
sales.filter(col('open'))
sales.filter(col('open').and(col('year').gt(2020)))
sales.filter(F.callFunction('f', 'year'))
anything.filter(col('anything'))

// Aggregates by names of functions give columns that are named by these.
const most = sales.groupBy('shop').agg({ year: 'max', '*': 'count' })
holds<Equal<keyof RowOf<typeof most>, 'shop' | 'max(year)' | 'count(1)'>>()
// @ts-expect-error there is no column yaer
sales.agg({ yaer: 'max' })

// What is filled is not NULL any more.
const filled = sales.na.fill(0)
holds<Equal<RowOf<typeof filled>['amount' | 'note'], number | string | null>>()
holds<Equal<RowOf<typeof filled>['amount'], number>>()
const noted = sales.na.fill({ note: '' })
holds<Equal<RowOf<typeof noted>['note'], string>>()
const complete = sales.na.drop('any', ['amount'])
holds<Equal<RowOf<typeof complete>['amount'], number>>()
holds<Equal<RowOf<typeof complete>['note'], string | null>>()
// @ts-expect-error there is no column nota
sales.na.drop('any', ['nota'])

// Unions by name are of rows of the same names, unless columns may be missing.
// @ts-expect-error only one side has the others
sales.unionByName(sales.select('shop'))
sales.unionByName(sales.select('note', 'open', 'amount', 'year', 'shop'))
const either = sales.select('shop', 'year').unionByName(sales.select('shop', 'open'), true)
holds<Equal<RowOf<typeof either>, { shop: string; year: number | null; open: boolean | null }>>()

const renamed = sales.withColumnsRenamed({ shop: 'store', year: 'y' })
holds<Equal<keyof RowOf<typeof renamed>, 'store' | 'y' | 'amount' | 'open' | 'note'>>()

// Windows and joins keep what is known.
const ranked = sales
  .withColumn('rank', F.rowNumber())
  .join(sales.select('shop', col('year').as('first')), 'shop', 'left')
holds<Equal<RowOf<typeof ranked>['rank' | 'first'], number | null>>()
