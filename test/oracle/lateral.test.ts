import test from 'ava'
import { duckdbRows } from '../support/duckdb.js'
import { compare, withTables } from '../support/join-tables.js'
import { Random } from '../support/random.js'
import { queriedRows, rowsAsSet } from '../support/row-sets.js'
import { withSession } from '../support/sessions.js'

/** Subqueries that use columns of the query around in more than a condition. */
const FIXED = [
  // Lateral subqueries: of the row beside, of rows, and of rows that may be none.
  'select * from l, lateral (select l.k + l.v as s) q',
  'select * from l, lateral (select l.k + v as s) q, lateral (select s * 2 as d) p',
  'select * from l, lateral (select * from r where r.k = l.k) q',
  'select * from l join lateral (select w from r where r.k = l.k) q on q.w > l.v',
  'select * from l left join lateral (select w from r where r.k = l.k) q on q.w > l.v',
  'select * from l, lateral (select count(*) c, max(w) m from r where r.k = l.k) q',
  'select * from l left join lateral (select count(*) c from r where r.k < l.k) q on q.c > 3',
  'select * from l, lateral (select w, count(*) c from r where r.k <> l.k group by w having count(*) > 2) q',
  'select * from l, lateral (select w + l.v as s, k from r where r.k < l.k) q where q.s > 4',
  'select * from l, lateral (select distinct w + l.v as s from r) q',
  'select * from l, lateral (select l.k as x union all select l.v) q',
  'select * from l, lateral (select l.k as x union select l.v) q',
  'select * from l, lateral (select k from r where r.k >= l.k intersect select w from r where r.w > l.v) q',
  'select * from l, lateral (select k from r where r.k >= l.k except all select w from r where r.w > l.v) q',
  'select * from l, lateral (select * from r where exists (select 1 from e where e.k = r.k) or r.k = l.k) q',
  'select * from l, lateral (select w from r where r.k = l.k) q, lateral (select count(*) n from e where e.k = q.w) p',
  'select * from (select distinct v from l) x, lateral (select sum(w) s from r where r.w > x.v) q',
  'with c as (select k, w from r) select * from l, lateral (select max(w) m from c where c.k > l.k) q',
  // Values, where there may be no rows below an aggregate, or columns of the query around in its select list.
  'select k, (select l.v + max(w) from r) from l',
  'select k, (select count(*) from r where r.k < l.k) from l',
  'select k, (select sum(w) + l.v from r where r.k < l.k or r.w = l.v) from l',
  'select k, (select count(*) from (select k from r where r.k = l.k union all select w from r where w > l.v) q) from l',
  'select k, (select max(x) from (select l.v + w as x from r) q) from l',
  // EXISTS and IN over set operations and joins, and where they are values; IN is false in Spark where it is NULL in DuckDB.
  ...['', 'not '].flatMap((not) => [
    `select k, v from l where ${not}exists (select k from r where r.k = l.k union all select k from e)`,
    `select k, v from l where ${not}exists (select k from r where r.k = l.k intersect select v from l x where x.v <> l.v)`,
    `select k, v from l where ${not}exists (select w from r where r.w > l.v group by w having count(*) > l.v)`,
    `select k, v from l where k ${not}in (select k + l.v from r)`,
    `select k, v from l where k ${not}in (select k from r where w = l.v union select w from r)`,
    `select k, v, coalesce(k ${not}in (select k from r), false) from l`,
    `select k, v, coalesce(k ${not}in (select k from r where k is not null), false) from l`,
    `select k, v, k ${not}in (select k from e) from l`,
    `select k, v, coalesce(k ${not}in (select k from r where r.w = l.v), false) from l`,
    `select k, v, coalesce(v ${not}in (select w from r where r.k < l.k), false) from l`,
    `select k, v from l where v = 1 or k ${not}in (select k from r where w > 1)`,
    `select case when k ${not}in (select k from r) then 1 else 2 end from l`,
    `select v, count(*) from l group by v having v = 0 or max(k) ${not}in (select w from r)`,
    `select k, v from l where (k, v) ${not}in (select k, w from r)`,
    `select sum(case when k ${not}in (select k from r where w = l.v) then v else 0 end) from l`,
    `select count(*) filter (where ${not}exists (select 1 from r where r.k = l.k)) from l`,
    `select count(*) from l group by ${not}exists (select 1 from r where r.k = l.k)`,
    `select l.k, r.w from l join r on l.k = r.k and ${not}exists (select 1 from e where e.k = l.v)`,
    `select l.k, r.w from l join r on l.k = r.k and r.w ${not}in (select v from l x where x.k = r.k)`,
    `select l.k, r.w from l left join r on l.k = r.k and ${not}exists (select 1 from e where e.k = r.w)`,
    `select l.k, r.w from l right join r on l.k = r.k and l.v > (select min(w) from r)`,
  ]),
  'select k from l order by (select max(w) from r) - k, k',
  'select v, count(*) from l group by v order by (select max(w) from r) - v',
] as const

/** What DuckDB does not take, each with the same in other words. */
const REWORDED: Readonly<Record<string, string>> = {
  'select * from l left join lateral (select l.v + 1 as x) q on l.k > 3':
    'select *, case when k > 3 then v + 1 end from l',
  'select * from l, lateral (select a.k, b.w from r a left join r b on a.k = b.k and b.w > l.v where a.w < 3) q':
    'select l.*, a.k, b.w from l cross join r a left join r b on a.k = b.k and b.w > l.v where a.w < 3',
  'select * from l, lateral (select a.k, b.w from (select * from r where r.w = l.v) a full join (select * from r where r.k = l.k) b on a.k = b.k) q': `with n as (select *, row_number() over () i from l), a as (select i, r.* from n join r on r.w = n.v),
     b as (select i, r.* from n join r on r.k = n.k)
     select n.k, n.v, n.name, x.k, x.w from n
     join (select coalesce(a.i, b.i) i, a.k, b.w from a full join b on a.i = b.i and a.k = b.k) x on x.i = n.i`,
  'select * from l, lateral (select * from r left semi join l x on x.k = r.k and x.v = l.v) q':
    'select * from l cross join r where exists (select 1 from l x where x.k = r.k and x.v = l.v)',
  'select k, (select count(*) from r a left join r b on a.k = b.k and b.w = l.v) from l': `select l.k, count(*) from (select *, row_number() over () i from l) l
     cross join r a left join r b on a.k = b.k and b.w = l.v group by l.i, l.k`,
  'select k, v from l where (k, v) in (select k, w from r where r.name = l.name)':
    'select k, v from l where exists (select 1 from r where r.name = l.name and r.k = l.k and r.w = l.v)',
  'select k, v from l where (k, v) not in (select k, w from r where r.name = l.name)':
    'select k, v from l where not exists (select 1 from r where r.name = l.name and coalesce(r.k = l.k and r.w = l.v, true))',
  'select l.k, r.w from l left join r on l.k = r.k and l.v not in (select w from r)':
    'select l.k, r.w from (select *, v in (select w from r) m from l) l left join r on l.k = r.k and not l.m',
  'select l.k, r.w from l full join r on l.k = r.k and r.w = (select max(w) from r)':
    'select l.k, r.w from l full join (select *, w = (select max(w) from r) m from r) r on l.k = r.k and r.m',
}

/** A random lateral join whose subquery is an aggregate, a join, a set operation or grouped. */
function randomLateral(random: Random): string {
  const where = (): string =>
    random.pick(['x.k = l.k', 'x.w = l.v', 'x.k < l.k', 'x.w <> l.v and x.k > 2', 'x.name = l.name', 'l.v > 1', 'true'])
  const value = (): string => random.pick(['x.w', 'x.k', 'x.w + l.v', 'coalesce(x.k, l.k)'])
  const plain = (): string => `select ${value()} as a from ${random.pick(['r', 'r', 'e'])} x where ${where()}`
  const limit = (): string =>
    `order by a ${random.pick(['', 'desc '])}nulls first limit ${random.integer(0, 3)} offset ${random.pick([0, 0, 1])}`
  const query = random.pick([
    plain,
    () => `select count(*) as a from r x where ${where()}`,
    () => `select max(x.w) as a from r x where ${where()} group by ${random.pick(['x.k', 'x.name'])}`,
    () => `${plain()} ${random.pick(['union all', 'union', 'intersect', 'except', 'except all'])} ${plain()}`,
    () => `select x.w as a from r x join l y on x.k = y.k and y.v = l.v`,
    () => `select sum(a) as a from (${plain()}) z`,
    () => `select distinct a from (${plain()}) z where z.a > l.v`,
    () => `${plain()} ${limit()}`,
    () => `select count(*) as a from (${plain()} ${limit()}) z where z.a > 1`,
    () => `select a from (${plain()} ${limit()}) z where z.a <> l.k`,
  ])()
  const type = random.pick(['join', 'left join'])
  return `select l.k, l.v, q.a from l ${type} lateral (${query}) q on true`
}

test('lateral and correlated subqueries of every shape give what DuckDB gives', (t) =>
  withTables((register, setup) =>
    withSession('local[2]', async (session) => {
      register(session)
      await compare(t, session, setup, FIXED)
    }),
  ))

test('lateral and correlated subqueries that DuckDB does not take give what they mean', (t) =>
  withTables((register, setup) =>
    withSession('local[2]', async (session) => {
      register(session)
      for (const [sql, meaning] of Object.entries(REWORDED))
        t.deepEqual(rowsAsSet(await queriedRows(session, sql)), rowsAsSet(await duckdbRows(meaning, setup)), sql)
    }),
  ))

test('random lateral joins give what DuckDB gives, shuffled', (t) =>
  withTables((register, setup) =>
    withSession(
      'local[2]',
      async (session) => {
        register(session)
        const random = new Random(11)
        const queries = Array.from({ length: 60 }, () => randomLateral(random))
        await compare(t, session, setup, queries)
      },
      { autoBroadcastJoinThreshold: -1, 'shuffle.partitions': 3 },
    ),
  ))
