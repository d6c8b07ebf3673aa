import { col, type DataFrame, type Decimal, functions as F, lit, type Session, types } from '../../api/index.js'
import { type Equal, holds } from './equal.js'

type RowOf<D> = D extends DataFrame<infer R> ? R : never
declare const session: Session

// A schema as wide as real ones, and a query over it.
const lineItems = session.read
  .schema(`
    l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber int, l_quantity decimal(12,2),
    l_extendedprice decimal(12,2), l_discount decimal(12,2), l_tax decimal(12,2), l_returnflag string, l_linestatus string,
    l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct string, l_shipmode string, l_comment string
  `)
  .parquet('lineitem.parquet')
const revenue = col('l_extendedprice').multiply(lit(1).minus(col('l_discount')))
const pricing = lineItems
  .filter(col('l_shipdate').leq(new Date('1998-09-02')))
  .groupBy('l_returnflag', 'l_linestatus')
  .agg(F.sum(revenue).as('revenue'), F.avg('l_quantity').as('quantity'), F.count().as('orders'))
  .orderBy('l_returnflag', 'l_linestatus')
holds<
  Equal<
    RowOf<typeof pricing>,
    {
      l_returnflag: string | null
      l_linestatus: string | null
      revenue: number | bigint | Decimal | null
      quantity: number | Decimal | null
      orders: bigint
    }
  >
>()
// @ts-expect-error there is no column l_discont
lineItems.agg(F.sum(col('l_extendedprice').multiply(col('l_discont'))))
// @ts-expect-error it is not in the result
pricing.orderBy('l_shipdate')

// Schemas may also be made of types.
session.createDataFrame([{ a: 1 }], types.schema([types.field('a', types.INT, false)]))
