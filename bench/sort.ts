import { type Contest, runInTurn } from './in-turn.js'

const ROWS_OF_RECORD = 10_000_000

/** Numbers in no order, of which some are the same; texts that begin alike, as keys do; few values; doubles. */
const rowsOf = (rows: number): string => `
  select id, cast(pmod(xxhash64(id, 1), 1000000000) as int) i, concat('id', lpad(cast(pmod(xxhash64(id, 2), 100000) as string), 10, '0')) s,
    cast(pmod(xxhash64(id, 3), 100) as int) k, pmod(xxhash64(id, 4), 1000003) / 7.0D x
  from range(${rows})`

/** A sort is compared by a sample of its rows, and the places at which they come. */
const sorted = (what: string, keys: string, from: string, rows: number): Contest => ({
  what,
  query: `select * from ${from} order by ${keys}`,
  compared: `, placed as (select *, row_number() over (order by ${keys}, id) n from result) select * from placed where n % ${Math.ceil(rows / 1000)} = 1 order by n`,
})

const first = (what: string, keys: string, limit: number): Contest => ({
  what,
  query: `select * from t order by ${keys} limit ${limit}`,
  compared: `select * from result order by ${keys}`,
})

/** Sorting against DuckDB. `SORT_ROWS` is another number of rows than ten million. */
export async function benchSort(): Promise<void> {
  const rows = Number(process.env['SORT_ROWS'] ?? ROWS_OF_RECORD)
  await runInTurn({
    name: 'sort',
    title: `Sorting of ${rows} rows`,
    tables: { t: rowsOf(rows) },
    places: ['memory'],
    contests: [
      sorted('all by an integer', 'i', '(select id, i, x from t)', rows),
      sorted('all by a string', 's', '(select id, s from t)', rows),
      sorted('all by several columns', 'k desc, s, x', 't', rows),
      sorted('three in ten by a string', 's', '(select id, s, i from t where k < 30)', rows),
      sorted('three in ten by a string and a number', 's, id', '(select id, s, i from t where k < 30)', rows),
      first('the first 100', 'x desc, id', 100),
      first('the first 100000 by a string', 's, id', 100_000),
    ],
    isOfRecord: rows === ROWS_OF_RECORD,
  })
}
