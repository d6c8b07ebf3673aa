import test from 'ava'
import type { Session } from '../../api/index.js'
import { duckdbRows } from '../support/duckdb.js'
import { queriedRows, rowsAsSet } from '../support/row-sets.js'
import { withSession } from '../support/sessions.js'

/* Keys that are NULL on either side, several rows of one key, keys that only one side has. */
const TABLES = [
  ['facts', 'select case when n % 7 = 0 then null else n % 90 end as k, n % 13 as g, n as v from numbers(1000)'],
  [
    'dims',
    "select case when n % 5 = 0 then null else n * 3 end as k, n % 4 as kind, 'd' || n as name from numbers(40)",
  ],
  ['more', 'select n % 50 as k, n as w from numbers(300)'],
] as const

const SMALL_DIMS = '(select k, name from dims where kind = 1)'

const QUERIES: Readonly<Record<string, string>> = {
  'groups of the probe side': `select d.name, t.s from ${SMALL_DIMS} d join (select k, sum(v) s from facts group by k) t on d.k = t.k`,
  'a left join with groups': `select d.name, t.s from ${SMALL_DIMS} d left join (select k, sum(v) s, max(g) g from facts group by k) t on d.k = t.k`,
  'a right join with groups': `select d.name, t.s from (select k, sum(v) s from facts group by k) t right join ${SMALL_DIMS} d on d.k = t.k`,
  'a full join, which drops nothing': `select d.name, t.s from ${SMALL_DIMS} d full join (select k, sum(v) s from facts group by k) t on d.k = t.k`,
  'a semi join that builds many rows': `select name from dims where kind = 2 and exists (select 1 from facts where facts.k = dims.k and facts.v > 500)`,
  'an anti join that builds many rows': `select k, name from dims where kind < 2 and not exists (select 1 from facts where facts.k = dims.k and facts.v > 900)`,
  'NOT IN, where NULL may be anything': `select k, name from dims where kind = 3 and k not in (select k from facts)`,
  'a semi join with groups by another column': `select g, count(*) c from facts where k in (select k from dims where kind = 1) group by g`,
  'a semi join above joins': `select f.v, m.w from facts f join more m on f.k = m.k where m.k in (select k from facts group by k having sum(v) > 6500)`,
  'a join below a left join': `select f.v, d.name, m.w from ${SMALL_DIMS} d join (facts f left join more m on f.k = m.k) on d.k = f.k`,
  'a column of the right side of a left join': `select f.v, m.w from (select f.v, m.k, m.w from facts f left join more m on f.k = m.k) f(v, k, w) join ${SMALL_DIMS} d on d.k = f.k join more m on m.w = f.w`,
  'a union': `select d.name, u.v from ${SMALL_DIMS} d join (select k, v from facts union all select w, k from more) u on d.k = u.k`,
  'windows by the key': `select d.name, t.r, t.v from ${SMALL_DIMS} d join (select k, v, row_number() over (partition by k order by v) r from facts) t on d.k = t.k`,
  'windows by another column': `select d.name, t.r, t.v from ${SMALL_DIMS} d join (select k, v, row_number() over (partition by g order by v) r from facts) t on d.k = t.k`,
  'a limit below': `select d.name, t.v from ${SMALL_DIMS} d join (select k, v from facts order by v limit 100) t on d.k = t.k`,
  'inequality beside the key': `select count(*) from facts a where exists (select 1 from facts b where a.k = b.k and a.g <> b.g) and not exists (select 1 from more m where m.k = a.k and m.w > a.v) and a.k in (select k from dims where kind = 0)`,
  'equal or both NULL': `select d.name, t.s from dims d join (select k, sum(v) s from facts group by k) t on d.k is not distinct from t.k where d.kind = 0`,
  'two keys': `select d.name, t.s from (select k, kind, name from dims where kind = 1) d join (select k, g, sum(v) s from facts group by k, g) t on d.k = t.k and d.kind = t.g`,
}

const sourceOf = (sql: string, numbers: (count: string) => string): string =>
  sql.replace(/numbers\((\d+)\)/, (_, n) => numbers(n))

const VIEWS = TABLES.map(
  ([name, sql]) =>
    `create view ${name} as ${sourceOf(sql, (n) => `(select cast(range as bigint) n from range(${n}))`)}`,
)

function withTables(session: Session): void {
  for (const [name, sql] of TABLES)
    session.sql(sourceOf(sql, (n) => `(select id as n from range(${n}))`)).createOrReplaceTempView(name)
}

const oracle = Promise.all(
  Object.entries(QUERIES).map(async ([name, sql]) => [name, sql, rowsAsSet(await duckdbRows(sql, VIEWS))] as const),
)

const SETTINGS: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  broadcast: {},
  shuffled: { autoBroadcastJoinThreshold: -1, 'shuffle.partitions': 3 },
  'with little memory': { 'executor.memory': '16m' },
}

for (const filters of ['always', 'never', 'auto']) {
  for (const [how, settings] of Object.entries(SETTINGS)) {
    test(`joins, ${how}, give what DuckDB gives where rows are filtered early: ${filters}`, async (t) => {
      await withSession(
        'local[2]',
        async (session) => {
          withTables(session)
          for (const [name, sql, expected] of await oracle)
            t.deepEqual(rowsAsSet(await queriedRows(session, sql)), expected, name)
        },
        { ...settings, 'join.runtimeFilters': filters },
      )
    })
  }
}
