import type { Column } from './fuzz/expressions.js'
import { type Kind, piece } from './fuzz/tree.js'

/** Rows with ties, NULLs, extremes and texts beyond ASCII: `n` of them in DuckDB's SQL. `id` tells all apart. */
export const windowRows = (n: number): string => `select x::int as id,
  case when h % 11 = 0 then null else (h % 7)::int end as g,
  case h % 9 when 0 then null when 1 then '' when 2 then 'éa' when 3 then '🚀' when 4 then repeat('long', 40)
    else 'the same first eight ' || (h % 13) end as s,
  case when h % 5 = 0 then null else (h % 23 - 11)::int end as x,
  case when h % 13 = 0 then null when h % 17 = 0 then 'nan'::double when h % 19 = 0 then '-inf'::double else (h % 41) / 8.0 end as d,
  case when h % 7 = 0 then null else ((h % 61) / 8.0)::double end as y,
  case when h % 6 = 0 then null else ((h % 1000 - 500) / 100.0)::decimal(9, 2) end as m,
  case when h % 8 = 0 then null else ('9876543210987654321.' || (h % 90 + 10))::decimal(30, 2) * (h % 3 - 1)::int end as w,
  case h % 10 when 0 then null when 1 then 9223372036854775807 when 2 then -9223372036854775807 - 1 else h % 4 end::bigint as b,
  case when h % 12 = 0 then null else date '2020-02-25' + (h % 20)::int end as dt,
  case when h % 14 = 0 then null else timestamp '2021-12-31 23:00:00' + to_seconds(h % 30 * 1800) end as ts,
  (x % 997)::int as k
from (select x, (x * 7919 + 13) % 10007 as h from range(${n}) t(x)) q`

const column = (kind: Kind, name: string): Column => ({ kind, tree: piece(kind)`${name}` })

/** The columns, but for those that tell rows apart, by what random expressions may do with them. */
export const WINDOW_COLUMNS: readonly Column[] = [
  column('int', 'g'),
  column('text', 's'),
  column('int', 'x'),
  column('double', 'd'),
  column('double', 'y'),
  column('decimal', 'm'),
  column('decimal', 'w'),
  column('big', 'b'),
  column('day', 'dt'),
  column('time', 'ts'),
  column('int', 'k'),
  column('int', 'id'),
]

/** Those around whose values frames may be: none has an extreme. */
export const FRAME_KEYS: readonly Column[] = WINDOW_COLUMNS.filter(({ tree }) =>
  ['x', 'y', 'm', 'dt', 'ts', 'k'].includes(String(tree.parts[0])),
)
