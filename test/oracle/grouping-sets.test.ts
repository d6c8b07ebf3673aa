import test, { type ExecutionContext } from 'ava'
import type { Session } from '../../api/index.js'
import { duckdbRows } from '../support/duckdb.js'
import { withTables } from '../support/join-tables.js'
import { Random } from '../support/random.js'
import { queriedRows, rowsAsSet } from '../support/row-sets.js'
import { withSession } from '../support/sessions.js'

/** NULLs in the keys beside those of the sets, empty and longer texts, several row groups; `e` is empty. */
const TABLES = {
  g: `select case when x % 7 = 0 then null else (x * 37 % 5)::int end as i,
    case x % 6 when 0 then null when 1 then '' when 2 then 'éa' when 3 then '𝄞' || repeat('ü', 9) else 'p' || (x % 4) end as s,
    case when x % 11 = 0 then null else (x % 3)::bigint end as l, (x * 13 % 101)::int as v,
    case when x % 8 = 0 then null else ((x * 7 % 50) / 4)::decimal(9, 2) end as m from range(6000) t(x)`,
  e: 'select 1::int as i, null::varchar as s, 1::bigint as l, 1::int as v, 1::decimal(9, 2) as m from range(0)',
}

/** A query and the same for DuckDB, where that writes it another way. */
type Pair = readonly [ours: string, theirs: string]
const same = (sql: string): Pair => [sql, sql]

async function compare(t: ExecutionContext, session: Session, setup: readonly string[], pairs: Iterable<Pair>) {
  for (const [ours, theirs] of pairs)
    t.deepEqual(rowsAsSet(await queriedRows(session, ours)), rowsAsSet(await duckdbRows(theirs, setup)), ours)
}

const FIXED: readonly Pair[] = [
  ['select i, s, sum(v) from g group by i, s with rollup', 'select i, s, sum(v) from g group by rollup(i, s)'],
  ['select i, s, sum(v) from g group by i, s with cube', 'select i, s, sum(v) from g group by cube(i, s)'],
  [
    'select i, s, count(*) from g group by i, s grouping sets ((i), (s), ())',
    'select i, s, count(*) from g group by grouping sets ((i), (s), ())',
  ],
  ['select i, grouping__id from g group by cube(i, s)', 'select i, grouping(i, s) from g group by cube(i, s)'],
  ['select i, grouping_id() from g group by cube(i, s)', 'select i, grouping(i, s) from g group by cube(i, s)'],
  [
    'select l, grouping_id(l, i, s) n, count(*) from g group by rollup(l, (i, s)) having n > 0',
    'select l, grouping(l, i, s) n, count(*) from g group by rollup(l, (i, s)) having grouping(l, i, s) > 0',
  ],
  same('select i, s, sum(v) from g group by i, rollup(s), cube(l)'),
  same('select i + 1, count(*), sum(i) from g group by rollup(i + 1)'),
  same('select upper(s), length(s) n, count(*) from g group by cube(upper(s), length(s))'),
  same('select i, count(*), count(i), sum(i), min(s), max(m) from g group by grouping sets ((i), (), (i), ())'),
  same('select i, l, count(distinct s), count(distinct v), sum(v), sum(distinct v) from g group by cube(i, l)'),
  same('select i, count(distinct s) filter (where v > 50), avg(v) from g group by rollup(i, l)'),
  same('select i, s, count(*) from g group by rollup(i, s) having i is null and s is null'),
  same('select i, s, count(*) from g group by cube(i, s) having i = 1'),
  same('select * from (select i, s, count(*) n from g group by cube(i, s)) q where i = 2 and n > 3'),
  same("select * from (select i, s, grouping(i) gi, sum(v) from g group by cube(i, s)) q where gi = 1 and s = 'éa'"),
  same(
    'select q.i, q.n, g.v from (select i, count(*) n from g group by rollup(i)) q join g on q.i = g.i where g.v = 7',
  ),
  same('select i, grouping(i) + grouping(s) from g group by cube(i, s)'),
  same('select sum(n) from (select count(*) n from g group by cube(i, s, l)) q'),
  same('select i, (select count(*) from g b where b.i = g.i) n from g group by rollup(i)'),
  same('select v from g where m in (select max(m) from g b where b.i = g.v group by rollup(s))'),
  same(
    'select i, (select count(distinct s) + sum(distinct l) + count(*) from g b where b.i = q.i) from (select distinct i from g) q',
  ),
  same('select i, s, avg(v), sum(m) filter (where v > 50), min(s), count(m) from g group by cube(i, s)'),
  same('select i, round(stddev(v), 6), max_by(v, v) from g group by grouping sets ((i), (s, l), ())'),
  same('select i, s from g group by grouping sets (rollup(i, s), cube(s), (i), l, ())'),
  same('select max(v) from g group by cube(i, s, l, v % 3) order by 1 desc limit 9'),
  same(
    'select i, s, l, grouping(l) n, count(*), sum(v) filter (where l = 1), avg(v), sum(m), min(s), max(m) from g group by rollup(s, i, l, m)',
  ),
  same('select i, s, l, round(stddev(v), 6), count(m) from g group by grouping sets ((), (l), (s, i, l, m), (l, i))'),
  same('select i, s, l, sum(v) from g where v < 3 group by l, rollup(i, s, m)'),
  same('select * from (select i, s, l, sum(v) from g group by rollup(i, s, l)) q where l is null and i = 2'),
  ['select i, s, count(*) from g group by all', 'select i, s, count(*) from g group by i, s'],
  ['select i + 1 k, sum(v) + 1 from g group by all', 'select i + 1 k, sum(v) + 1 from g group by i + 1'],
]

for (const master of ['local[1]', 'local[3]', 'local-cluster[2,1,512]'])
  test(`GROUPING SETS, ROLLUP and CUBE give what DuckDB gives (${master})`, (t) =>
    withTables(
      (register, setup) =>
        withSession(master, async (session) => {
          register(session)
          await compare(t, session, setup, FIXED)
        }),
      TABLES,
    ))

/** Random groupings by up to four keys. */
class RandomGroupings {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  query(): string {
    const r = this.#random
    const keys = ['i', 's', 'l', '(v % 4)'].filter(() => r.chance(0.6))
    if (keys.length === 0) keys.push('s')
    const aggregates = [
      'count(*)',
      'sum(v)',
      'count(distinct v)',
      'min(s)',
      'max(m)',
      'sum(m)',
      'count(distinct s)',
      'sum(i)',
    ]
    const shown = [
      ...keys.filter(() => r.chance(0.8)),
      ...keys.filter(() => r.chance(0.3)).map((key) => `grouping(${key})`),
      ...aggregates.filter(() => r.chance(0.3)),
    ]
    const where = r.chance(0.4) ? ` where ${this.#condition('i')}` : ''
    const having = r.chance(0.4) ? ` having ${this.#condition(r.pick(keys))}` : ''
    return `select ${[...shown, 'count(*)'].join(', ')} from g${where} group by ${this.#groupBy(keys)}${having}`
  }

  #condition(of: string): string {
    if (of === 's') return this.#random.pick(["s >= 'p1'", 's is null', "s = ''"])
    return `${of} ${this.#random.pick(['<= 2', '> 0', 'is null', 'is not null', '= 1'])}`
  }

  #groupBy(keys: readonly string[]): string {
    const r = this.#random
    const all = [...keys].sort(() => r.next() - 0.5)
    const cut = r.integer(0, all.length)
    const [first, rest] = [all.slice(0, cut), all.slice(cut)]
    return [...(first.length > 0 ? [this.#sets(first)] : []), ...(rest.length > 0 ? [this.#sets(rest)] : [])].join(', ')
  }

  #sets(keys: readonly string[]): string {
    const r = this.#random
    const pair = [`(${keys.slice(0, 2).join(', ')})`, ...keys.slice(2), keys[0]]
    const list = (keys.length > 1 && r.chance(0.3) ? pair : keys).join(', ')
    const some = `(${keys.filter(() => r.chance(0.6)).join(', ')})`
    return r.pick([
      `rollup(${list})`,
      `cube(${list})`,
      `grouping sets ((${keys.join(', ')}), ${some}, ())`,
      `grouping sets (rollup(${list}), ${some}, (${keys.join(', ')}))`,
      keys.join(', '),
    ])
  }
}

test('random groupings give what DuckDB gives', (t) =>
  withTables(
    (register, setup) =>
      withSession('local[2]', async (session) => {
        register(session)
        const queries = new RandomGroupings(new Random(4))
        await compare(
          t,
          session,
          setup,
          Array.from({ length: 60 }, () => same(queries.query())).filter(
            ([sql]) => !/grouping\(/.test(sql) || /sets|rollup|cube/.test(sql),
          ),
        )
      }),
    TABLES,
  ))

/** More groups than tables of partial groups take before they pass them on, of keys that come again and of keys that do not. */
const MANY = {
  m: `select (x * 7919 % 60000)::int as a, 'text ' || (x % 50) as b, x::bigint as c, (x % 1000)::decimal(9, 2) as d
    from range(120000) t(x)`,
}

for (const [master, memory] of [
  ['local[2]', '512m'],
  ['local[2]', '48m'],
] as const)
  test(`sets of many groups are DuckDB's (${master}, ${memory})`, (t) =>
    withTables(
      (register, setup) =>
        withSession(
          master,
          async (session) => {
            register(session)
            const of = (keys: string) =>
              `select count(*), count(a), sum(a), sum(n), sum(s), max(w) from
                (select a, b, c, count(*) n, sum(d) s, min(b) w from m group by ${keys})`
            await compare(t, session, setup, [
              same(of('rollup(a, b, c)')),
              // So many levels that those of one part of the groups go on before the others come.
              same(of('rollup(c, a, b, a % 2, c % 2, a % 3)')),
              same(of('cube(a, b), c')),
              same(of('grouping sets ((b), (c), (a, b), ())')),
            ])
          },
          { 'executor.memory': memory },
        ),
      MANY,
    ))

test('without rows there are no groups, as in Spark, unless the only set has no keys', (t) =>
  withTables(
    (register) =>
      withSession('local[2]', async (session) => {
        register(session)
        const rowsOf = (sql: string): Promise<unknown[][]> => queriedRows(session, sql)
        t.deepEqual(await rowsOf('select i, sum(v), count(*) from e group by rollup(i)'), [])
        t.deepEqual(await rowsOf('select sum(v), count(*) from e group by grouping sets ((), ())'), [])
        t.deepEqual(await rowsOf('select sum(v), count(*) from e group by grouping sets (())'), [[null, 0n]])
        t.deepEqual(await rowsOf('select grouping_id(), count(*) from g group by grouping sets (())'), [[0n, 6000n]])
        t.deepEqual(await rowsOf('select count(*) from e group by all'), [[0n]])
        t.deepEqual(await rowsOf('select * from (select i, v from e) pivot (sum(v) for i in (1))'), [[null]])
        t.deepEqual(await rowsOf('select * from e unpivot (x for name in (i, v))'), [])
      }),
    TABLES,
  ))

/** The aggregates of PIVOT by FILTER, NULL where no row has the value. */
const pivoted = (keys: string, cells: readonly (readonly [aggregate: string, condition: string])[]): string => {
  const shown = cells.map(
    ([aggregate, is]) => `case when count(*) filter (where ${is}) > 0 then ${aggregate} filter (where ${is}) end`,
  )
  return `select ${[...(keys ? [keys] : []), ...shown].join(', ')} from g${keys ? ` group by ${keys}` : ''}`
}

const RESHAPED: readonly Pair[] = [
  [
    'select * from (select i, l, v from g) pivot (sum(v) for i in (1, 3, null))',
    pivoted('l', [
      ['sum(v)', 'i = 1'],
      ['sum(v)', 'i = 3'],
      ['sum(v)', 'i is null'],
    ]),
  ],
  [
    "select * from (select i, s, v from g) pivot (count(*) as n, count(distinct v) d for s in ('éa', 'nowhere' as none))",
    pivoted('i', [
      ['count(*)', "s = 'éa'"],
      ['count(distinct v)', "s = 'éa'"],
      ['count(*)', "s = 'nowhere'"],
      ['count(distinct v)', "s = 'nowhere'"],
    ]),
  ],
  [
    'select s, x, y from (select i, s, l, v, m from g) pivot (max(m), sum(v) filter (where v > 30) f for (i, l) in ((1, 2) as a, (3, 0) b)) as p(s, x, xf, y, yf)',
    'select s, max(m) filter (where i = 1 and l = 2), max(m) filter (where i = 3 and l = 0) from g group by s',
  ],
  [
    'select * from (select i, v from g) pivot (sum(v) + 1 for i in (1, 9))',
    'select sum(v) filter (where i = 1) + 1, sum(v) filter (where i = 9) + 1 from g',
  ],
  [
    'select * from g unpivot (x for name in (i, v, l as `ell`))',
    `select s, m, 'i', i from g where i is not null union all select s, m, 'v', v from g where v is not null
     union all select s, m, 'ell', l from g where l is not null`,
  ],
  [
    'select * from g unpivot include nulls ((x, y) for name in ((i, m), (l, v) as lv))',
    `select s, 'i_m', i, m from g union all select s, 'lv', l, v from g`,
  ],
  [
    'select * from g unpivot ((x, y) for name in ((i, l))) where x > 1 and v < 9',
    `select s, v, m, 'i_l', i, l from g where (i is not null or l is not null) and i > 1 and v < 9`,
  ],
  [
    "select name, count(*), sum(x) from g unpivot (x for name in (i, v)) where name = 'v' and x > 40 and s = '' group by name",
    "select 'v', count(*), sum(v) from g where v > 40 and s = ''",
  ],
  [
    'select name, n, sum(x) from (select i, l, v from g) unpivot (x for name in (i, v)) as u join (select l, count(*) n from g group by l) c on u.l = c.l group by rollup(name, n)',
    `select name, n, sum(x) from (select l, 'i' as name, i as x from g where i is not null union all select l, 'v', v from g) u
     join (select l, count(*) n from g group by l) c on u.l = c.l group by rollup(name, n)`,
  ],
]

for (const master of ['local[2]', 'local-cluster[2,1,512]'])
  test(`PIVOT and UNPIVOT give what DuckDB gives for the queries they stand for (${master})`, (t) =>
    withTables(
      (register, setup) =>
        withSession(master, async (session) => {
          register(session)
          await compare(t, session, setup, RESHAPED)
        }),
      TABLES,
    ))
