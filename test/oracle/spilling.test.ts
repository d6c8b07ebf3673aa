import test from 'ava'
import { Session } from '../../api/index.js'
import { sameCell } from '../support/duckdb.js'
import { KeptAnswers } from '../support/kept-answers.js'
import { queriedRows } from '../support/row-sets.js'

const ROWS = 600_000
/** A hundredth of what the queries below keep. */
const LITTLE = '24m'

const QUERIES: Readonly<Record<string, string>> = {
  'a sort, merged in several passes': 'select id, v from r order by id * 7919 % 1000003, v limit 5 offset 590000',
  'more groups than parts can hold':
    'select count(*), sum(n), sum(m), max(t) from (select id * 7919 % 800000 k, count(*) n, min(id) m, max(v) t from r group by 1)',
  'distinct texts': 'select count(*), min(v), max(v) from (select distinct v from r)',
  'a join of large sides':
    'select count(*), sum(a.id), max(b.v) from r a join r b on a.id = b.id * 3 where length(a.v) > 3',
  'a full join':
    'select count(*), count(a.id), count(b.id), sum(b.id) from r a full join (select id * 2 id, v from r) b on a.id = b.id',
  'a left join on part of the key':
    "select count(*), count(b.id), sum(b.id) from r a left join (select id, v from r where id % 5 = 0) b on a.id = b.id and b.v > 'row 5'",
  'a semi join': 'select count(*), sum(id) from r where v in (select v from r where id % 3 = 1)',
  'NOT IN without NULLs': 'select count(*), sum(id) from r where id * 3 not in (select id from r where id % 2 = 0)',
  'NOT IN of rows that are NULL':
    'select count(*), sum(id) from (select case when id % 10 = 0 then null else id end id from r) where id not in (select id from r where id % 2 = 0)',
  'NOT IN with a NULL':
    'select count(*) from r where id not in (select case when id = 77 then null else id + 1000000 end from r)',
  'an inner join on one key that all rows have':
    'select count(*), sum(a.id) from (select id, id * 0 z from r where id < 20) a join (select id, v, id * 0 z from r where id < 200000) b on a.z = b.z where length(b.v) > 0',
  'a left join on one key that all rows have':
    'select count(*), count(b.id), sum(b.id) from (select id, id * 0 z from r where id < 2000) a left join (select id, v, id * 0 z from r where id % 3 = 0) b on a.z = b.z and a.id * 211 = b.id and length(b.v) > 0',
  'a full join on one key that all rows have':
    'select count(*), count(a.id), count(b.id), sum(b.id) from (select id, id * 0 z from r where id < 200) a full join (select id, v, id * 0 z from r where id < 300000) b on a.z = b.z and a.id * 2011 = b.id and length(b.v) > 0',
  'a right join without a key':
    'select count(*), count(a.id), max(b.v) from (select id from r where id < 100) a right join (select id, v from r where id < 300000) b on a.id > b.id - 20 and length(b.v) > a.id',
  'rows for which there is none in another table, by a range':
    'select count(*), sum(id) from (select id from r where id < 100) a where not exists (select 1 from r b where b.id < a.id * 3000 and b.id % 1000 = a.id and length(b.v) > 3)',
  'totals of one partition beside its rows':
    'select count(*), sum(n), min(s), max(s), min(l), max(f) from (select count(*) over () n, sum(id) over () s, last_value(v) over (order by id rows between unbounded preceding and unbounded following) l, first_value(v) over (order by v, id) f from r)',
  'places in one partition':
    'select sum(p * id % 1009), sum(d), max(t), sum(c), sum(u) from (select id, row_number() over (order by v, id) p, dense_rank() over (order by v) d, ntile(7) over (order by v, id) t, cume_dist() over (order by v) c, percent_rank() over (order by v) u from r)',
  'values of other rows in partitions of which many share a page':
    'select count(*), sum(f % 1009), sum(n % 1013), sum(l % 1019), max(t) from (select first_value(id) over w f, nth_value(id, 2) over w n, lead(id, 3, -1) over (partition by case when id % 1000 < 600 then -1 else id % 50021 end order by v, id) l, first_value(v) over w t from r window w as (partition by case when id % 1000 < 600 then -1 else id % 50021 end order by v, id rows between 2 preceding and unbounded following))',
  'neighbours and frames in two partitions':
    'select count(*), sum(a), sum(b % 1013), max(c), min(d), sum(e) from (select lag(id, 300000, 7) over w a, sum(id) over (partition by id % 2 order by id rows between 3 preceding and 100000 following) b, min(v) over (partition by id % 2 order by id rows between 9 preceding and 2 following) c, max(v) over (partition by id % 2 order by id) d, count(*) over (partition by id % 2 order by id range between 1000 preceding and 10 following) e from r window w as (partition by id % 2 order by id))',
  'the first rows of many partitions with long keys':
    'select count(*), sum(id), max(v) from (select id, v, row_number() over (partition by concat(v, id % 3) order by id desc) p from r) where p <= 2',
  'the first ranks of one partition':
    'select count(*), sum(id), max(v) from (select id, v, dense_rank() over (order by v) d from r) where d <= 200',
  'rows of one set and not of the other':
    'select count(*), sum(id), max(v) from (select id, v from r where id % 3 > 0 except select id, v from r where id % 2 = 0)',
  'rows of both sets, as often as in both':
    'select count(*), sum(n), max(v) from (select v, count(*) n from (select v from r where id % 3 > 0 intersect all select v from r where id % 2 = 0) group by v)',
  'a union without duplicates':
    'select count(*), max(v) from (select v from r where id % 3 > 0 union select concat(v, id % 2) v from r)',
}

const view = (range: string): string =>
  `select id, concat('row ', id % 700000, ' with a text that is long enough not to lie in its key') v from ${range}`

/** They take DuckDB a third of the time of this test. */
const SETUP = [`create view r as ${view(`(select range as id from range(${ROWS}))`)}`]
const answers = new KeptAnswers('spilling', SETUP, Object.values(QUERIES))

// One session for all: what a query does not give back is missing to the next one.
let session: Session
test.before(async () => {
  session = await Session.builder()
    .master('local[2]')
    .config('executor.memory', LITTLE)
    .config('log.level', 'error')
    .create()
  session.range(ROWS).createOrReplaceTempView('numbers')
  await session.sql(`create or replace temp view r as ${view('numbers')}`).collect()
})
test.after.always(() => session?.stop())

for (const [title, sql] of Object.entries(QUERIES)) {
  test.serial(`${title}: with far too little memory the rows are DuckDB's`, async (t) => {
    const expected = await answers.of(sql)
    const rows = await queriedRows(session, sql)
    t.is(rows.length, expected.length)
    for (const [i, row] of expected.entries())
      for (const [j, cell] of row.entries()) t.true(sameCell(rows[i]![j], cell), `${rows[i]} instead of ${row}`)
  })
}
