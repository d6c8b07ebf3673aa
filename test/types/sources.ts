import type { AnyRow, DataFrame, Decimal, Session, TimeOfDay, Timestamp } from '../../api/index.js'
import { type Equal, holds } from './equal.js'

type RowOf<D> = D extends DataFrame<infer R> ? R : never
declare const session: Session
declare const ddl: string

// The schema's text types the rows.
const typed = session.read.schema('user_id bigint NOT NULL, amount decimal(12,2), `note`').load('/x')
holds<Equal<RowOf<typeof typed>, AnyRow>>()
const orders = session.read
  .schema('user_id BIGINT not null, amount decimal(12, 2), note: string,\n at timestamp')
  .csv('/x')
holds<
  Equal<RowOf<typeof orders>, { user_id: bigint; amount: Decimal | null; note: string | null; at: Timestamp | null }>
>()
// @ts-expect-error there is no column amuont
orders.select('amuont')
const stream = session.readStream.format('kafka').schema('a int, b double').load()
holds<Equal<RowOf<typeof stream>, { a: number | null; b: number | null }>>()

// Nested types and texts that are not literal are left to the analysis; a row type may be given by hand.
const nested = session.read.schema('a struct<b:int,c:string>').json('/x')
holds<Equal<RowOf<typeof nested>, AnyRow>>()
const unknown = session.read.schema(ddl).load()
holds<Equal<RowOf<typeof unknown>, AnyRow>>()
const byHand = session.read.schema<{ a: number }>(ddl).load()
holds<Equal<RowOf<typeof byHand>, { a: number }>>()

// Rows of the session's own, ranges and SQL.
const rows = session.createDataFrame([{ a: 1, b: 'x' }])
holds<Equal<RowOf<typeof rows>, { a: number; b: string }>>()
const optional = session.createDataFrame([{ a: 1 } as { a: number; b?: string }])
holds<Equal<RowOf<typeof optional>, { a: number; b: string | null }>>()
const declared = session.createDataFrame([{ a: 1, d: '2.50' }], 'a bigint not null, d decimal(5,2)')
holds<Equal<RowOf<typeof declared>, { a: bigint; d: Decimal | null }>>()
const collated = session.createDataFrame(
  [{ a: null, b: '' }],
  'a string collate de_CI, b string collate unicode not null',
)
holds<Equal<RowOf<typeof collated>, { a: string | null; b: string }>>()
const times = session.createDataFrame([{ a: null, b: null }], 'a time, b time(3) not null')
holds<Equal<RowOf<typeof times>, { a: TimeOfDay | null; b: TimeOfDay }>>()
// @ts-expect-error there is no column c
rows.groupBy('c')
holds<Equal<RowOf<ReturnType<typeof session.range>>, { readonly id: bigint }>>()
holds<Equal<RowOf<ReturnType<typeof session.sql>>, AnyRow>>()
const collected: () => Promise<{ a: number; b: string }[]> = () => rows.collect()
void collected
