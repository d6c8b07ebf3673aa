import { type AnyRow, col, type DataFrame, functions as F } from '../../api/index.js'
import { type Equal, holds } from './equal.js'

type RowOf<D> = D extends DataFrame<infer R> ? R : never
type Order = { id: bigint; customer: number; price: number }
type Customer = { customer: number; name: string; id: number }
declare const orders: DataFrame<Order>
declare const customers: DataFrame<Customer>
declare const anything: DataFrame

// By names: they come once, and outer joins may leave the other side's columns NULL.
const inner = orders.join(customers, 'customer')
holds<Equal<RowOf<typeof inner>, { customer: number; id: bigint; price: number; name: string; id_1: number }>>()
const left = orders.join(F.broadcast(customers), ['customer', 'id'], 'left')
holds<Equal<RowOf<typeof left>, { customer: number; id: bigint; price: number; name: string | null }>>()
const right = orders.join(customers, ['customer', 'id'], 'right_outer')
holds<Equal<RowOf<typeof right>, { customer: number; id: bigint; price: number | null; name: string }>>()
// @ts-expect-error only one side has a price
orders.join(customers, 'price')
// @ts-expect-error there is no such join
orders.join(customers, 'customer', 'sideways')

// A name that both sides have: the left one keeps it.
const named = orders.join(customers, 'customer')
holds<Equal<RowOf<typeof named>['id'], bigint>>()
const both = orders.join(customers, col('price').gt(1), 'left')
holds<
  Equal<
    RowOf<typeof both>,
    { id: bigint; customer: number; price: number; name: string | null; id_1: number | null; customer_1: number | null }
  >
>()

// By a condition, which may name columns of both.
const matched = orders.join(customers, col('price').gt(1).and(col('name').eq('x')), 'left_semi')
holds<Equal<RowOf<typeof matched>, Order>>()
const anti = orders.join(customers, 'customer', 'anti')
holds<Equal<RowOf<typeof anti>, Order>>()
const full = orders.join(customers, ['customer', 'id'], 'outer')
holds<Equal<RowOf<typeof full>, { customer: number; id: bigint; price: number | null; name: string | null }>>()
const crossed = orders.select('price').crossJoin(customers.select('name'))
holds<Equal<RowOf<typeof crossed>, { price: number; name: string }>>()
orders.alias('o').join(customers.alias('c'), col('o.customer').eq(col('c.customer')))
// @ts-expect-error there is no column nmae
orders.join(customers, col('nmae').eq('x'))
const unknown = orders.join(anything, 'customer')
holds<Equal<RowOf<typeof unknown>, AnyRow>>()

// Columns added, replaced, renamed and left out.
const added = orders.withColumn('dear', col('price').gt(1)).withColumn('id', col('customer'))
holds<Equal<RowOf<typeof added>, { id: number; customer: number; price: number; dear: boolean | null }>>()
const several = orders.withColumns({ year: F.year('id'), again: col('id') })
holds<
  Equal<
    RowOf<typeof several>,
    Order & { year: number | null; again: bigint } extends infer T ? { [K in keyof T]: T[K] } : never
  >
>()
// @ts-expect-error there is no column prise
orders.withColumn('x', col('prise'))
// @ts-expect-error there is no column prise
orders.withColumns({ x: col('prise').plus(1) })
const renamed = orders.withColumnRenamed('id', 'order')
holds<Equal<RowOf<typeof renamed>, { customer: number; price: number; order: bigint }>>()
// @ts-expect-error there is no column prise
orders.withColumnRenamed('prise', 'price')
const less = anything.drop('a').withColumn('b', F.lit(1)).withColumnRenamed('c', 'd')
holds<Equal<RowOf<typeof less>, AnyRow>>()
// By several conditions, and laterally, where the right side names columns of the left one as outer.
orders.join(customers, [col('price').gt(1), col('name').eq('x')])
// @ts-expect-error there is no column nmae
orders.join(customers, [col('price').gt(1), col('nmae').eq('x')])
const lateral = orders
  .select('price')
  .lateralJoin(customers.filter(col('customer').eq(col('price').outer())).select('name'))
holds<Equal<RowOf<typeof lateral>, { price: number; name: string }>>()
// @ts-expect-error a lateral join keeps the left side
orders.lateralJoin(customers, undefined, 'right')
