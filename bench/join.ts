import { type Contest, runInTurn } from './in-turn.js'

const ROWS_OF_RECORD = 10_000_000

const text = (of: string): string => `concat('id', cast(${of} as string))`
const drawn = (seed: number, values: number): string => `cast(pmod(xxhash64(id, ${seed}), ${values}) + 1 as int)`

/** The tables of the join questions of h2o's benchmark: one large table, and right ones with a millionth and a thousandth of its rows, and as many. */
function tablesOf(rows: number): Readonly<Record<string, string>> {
  const [few, some] = [Math.max(1, Math.ceil(rows / 1e6)), Math.max(1, Math.ceil(rows / 1e3))]
  const keys = (
    large: string,
    count: number,
  ): string => `select *, ${text('id1')} id4, ${text('id2')} id5, ${text('id3')} id6
    from (select ${drawn(1, few)} id1, ${drawn(2, some)} id2, ${large} id3, pmod(xxhash64(id, 4), 100000) / 1000.0D v from range(${count}))`
  return {
    x: `select id1, id2, id3, id4, id5, id6, v v1 from (${keys(drawn(3, Math.ceil(rows * 1.1)), rows)})`,
    small: `select cast(id + 1 as int) id1, ${text('id + 1')} id4, id * 7 % 100 / 1.0D v2 from range(${few})`,
    medium: `select ${drawn(5, few)} id1, cast(id + 1 as int) id2, ${text(drawn(5, few))} id4, ${text('id + 1')} id5, id * 7 % 100 / 1.0D v2 from range(${some})`,
    big: `select id1, id2, id3, id4, id5, id6, v v2 from (${keys('cast(id + 1 as int)', rows)})`,
  }
}

const question = (what: string, query: string): Contest => ({
  what,
  query,
  compared: 'select count(*), sum(v1), sum(v2) from result',
})

const QUESTIONS = [
  question('1 small inner on int', 'select x.*, small.id4 small_id4, v2 from x join small using (id1)'),
  question(
    '2 medium inner on int',
    'select x.*, medium.id1 medium_id1, medium.id4 medium_id4, medium.id5 medium_id5, v2 from x join medium using (id2)',
  ),
  question(
    '3 medium outer on int',
    'select x.*, medium.id1 medium_id1, medium.id4 medium_id4, medium.id5 medium_id5, v2 from x left join medium using (id2)',
  ),
  question(
    '4 medium inner on string',
    'select x.*, medium.id1 medium_id1, medium.id2 medium_id2, medium.id4 medium_id4, v2 from x join medium using (id5)',
  ),
  question(
    '5 big inner on int',
    'select x.*, big.id1 big_id1, big.id2 big_id2, big.id4 big_id4, big.id5 big_id5, big.id6 big_id6, v2 from x join big using (id3)',
  ),
  question('5, added up', 'select sum(v1) v1, sum(v2) v2, count(*) n from x join big using (id3)'),
]

/** The join questions of h2o's benchmark against DuckDB. `JOIN_ROWS` is another number of rows than ten million. */
export async function benchJoin(): Promise<void> {
  const rows = Number(process.env['JOIN_ROWS'] ?? ROWS_OF_RECORD)
  await runInTurn({
    name: 'join',
    title: `Joins of ${rows} rows`,
    tables: tablesOf(rows),
    places: ['memory'],
    contests: QUESTIONS,
    isOfRecord: rows === ROWS_OF_RECORD,
  })
}
