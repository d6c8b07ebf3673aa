import { type DataFrame, functions as F, Window } from '../../api/index.js'
import { type Equal, holds } from './equal.js'

type Order = { id: bigint; name: string; price: number }
type RowOf<D> = D extends DataFrame<infer R> ? R : never
declare const orders: DataFrame<Order>

// A function over a window has the type of the function, and the columns of its window are checked as well.
const numbered = orders.select(
  'id',
  F.rowNumber().over(Window.partitionBy('name').orderBy('price')).as('n'),
  F.lag('price').over(Window.orderBy('id')).as('before'),
  F.last('name').over(Window.orderBy('id').rowsBetween(-1, 0)).as('last'),
)
holds<Equal<RowOf<typeof numbered>, { id: bigint; n: number; before: number | null; last: string | null }>>()
// @ts-expect-error there is no column nmae
orders.select(F.rank().over(Window.partitionBy('nmae').orderBy('price')).as('r'))
// @ts-expect-error there is no column prize
orders.select(F.sum('prize').over(Window.partitionBy('name')).as('s'))
