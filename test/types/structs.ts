import { type AnyRow, col, type DataFrame, type Decimal, functions as F, type Timestamp } from '../../api/index.js'
import { type Equal, holds } from './equal.js'

type RowOf<D> = D extends DataFrame<infer R> ? R : never
declare const messages: DataFrame<{ value: string | null; b: Date; point: { x: number; y: number } }>

// The schema of JSON types its fields, also when they become columns.
const parsed = messages.select(F.fromJson('value', 'user bigint, amount decimal(12,2)').as('event'), 'b')
holds<Equal<RowOf<typeof parsed>, { event: { user: bigint | null; amount: Decimal | null } | null; b: Date }>>()
const spread = parsed.select('event.*', 'b')
holds<Equal<RowOf<typeof spread>, { user: bigint | null; amount: Decimal | null; b: Date }>>()
const fields = parsed.select('event.user', col('event.amount').as('paid'))
holds<Equal<RowOf<typeof fields>, { user: bigint | null; paid: Decimal | null }>>()
// @ts-expect-error there is no column amuont
spread.groupBy('user').agg(F.sum('amuont').as('total'))

// Fields of a struct that is never NULL are not either; a field is no column of the same name.
const points = messages.select('point.*', col('point.x').as('again'))
holds<Equal<RowOf<typeof points>, { x: number; y: number; again: number }>>()
const windows = messages.groupBy(F.window('b', '1 minute')).count().select('window.*', 'count')
holds<Equal<RowOf<typeof windows>, { start: Timestamp; end: Timestamp; count: bigint }>>()

// What is not known stays open.
const nested = messages.select(F.fromJson('value', 'a struct<b:int>').as('event')).select('event.*')
holds<Equal<RowOf<typeof nested>, AnyRow>>()
const qualified = messages.alias('m').select(col('m.*'))
holds<Equal<RowOf<typeof qualified>, AnyRow>>()
