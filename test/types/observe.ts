import { type AnyRow, type DataFrame, functions as F, lit, Observation } from '../../api/index.js'
import { type Equal, holds } from './equal.js'

type Sale = { shop: string; amount: number | null }
declare const sales: DataFrame<Sale>
declare const anything: DataFrame

// The rows stay what they are, and columns of metrics have to be there.
const observed = sales.observe('sales', F.count(lit(1)).as('rows'), F.max('amount').as('most'))
holds<Equal<typeof observed, DataFrame<Sale>>>()
// @ts-expect-error there is no column amuont
sales.observe('sales', F.max('amuont').as('most'))
// @ts-expect-error there has to be a metric
sales.observe('sales')
anything.observe('sales', F.max('amuont').as('most'))

// What an Observation gets is typed, where it says so, as the metrics are.
const typed = new Observation<{ rows: bigint; most: number | null }>()
sales.observe(typed, F.count(lit(1)).as('rows'), F.max('amount').as('most'))
holds<Equal<Awaited<ReturnType<typeof typed.get>>, { rows: bigint; most: number | null }>>()
// @ts-expect-error rows are counted by a bigint
sales.observe(new Observation<{ rows: string }>(), F.count(lit(1)).as('rows'))
const open = new Observation('sales')
sales.observe(open, F.count(lit(1)).as('rows'))
holds<Equal<Awaited<ReturnType<typeof open.get>>, AnyRow>>()
