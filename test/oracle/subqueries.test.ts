import test from 'ava'
import { compare, withTables } from '../support/join-tables.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'

const FIXED = [
  // Scalar, uncorrelated.
  'select k, (select max(w) from r) from l',
  'select (select w from r where k = 7 and w = 1), (select w from e), (select count(*) from e)',
  'select k from l where v > (select avg(w) from r where r.k > 3)',
  'select v, count(*) from l group by v having count(*) > (select count(*) from r) / 3',
  'select v, count(*) + (select max(w) from r) from l group by v order by 2',
  'select * from l where k = (select max(k) from r where k < 10)',
  'select case when v > (select min(w) from r) then name else (select max(name) from r) end from l',
  'select q.x + 1 from (select v + (select max(w) from r) as x from l) q where q.x > (select 5)',
  // Scalar, correlated: nothing counts 0, and is NULL to the others.
  'select k, (select count(*) from r where r.k = l.k) from l',
  'select k, (select count(w) + 1 from r where r.k = l.k and r.w > 2) from l',
  'select k, (select sum(w) from r where r.k = l.k and l.v > 1) from l',
  'select k, (select count(*) from r where r.k = l.k having count(*) <> 1) from l',
  'select k, v from l where v > (select 0.5 * avg(w) from r where r.k = l.k)',
  'select k, v from l where 0 = (select count(*) from r where r.k = l.k)',
  'select k, v from l where v = (select max(w) from r where r.k + 1 = l.k + 1 and r.name = l.name)',
  'select k, (select distinct r.k from r where r.k = l.k) from l',
  'select k, (select max(a.w) from r a join r b on a.k = b.k where b.w = l.v and a.w > 1) from l',
  // ANY and ALL: of none, of values with NULLs and without, of those that belong to the row.
  ...['=', '<>', '<', '<=', '>', '>='].flatMap((comparison) =>
    ['any', 'all'].flatMap((quantifier) => [
      `select k, v, v ${comparison} ${quantifier} (select w from r) from l`,
      `select k, v, v ${comparison} ${quantifier} (select w from r where w is not null) from l`,
      `select k, v, v ${comparison} ${quantifier} (select w from e) from l`,
      `select k, v from l where v ${comparison} ${quantifier} (select w from r where r.k = l.k)`,
      `select k, v from l where not v + 1 ${comparison} ${quantifier} (select w from r where r.k = l.k and w > 1)`,
    ]),
  ),
  'select k, sum(v) from l group by k having sum(v) >= all (select sum(w) from r where w < 3 group by k)',
  // EXISTS and IN.
  ...['', 'not '].flatMap((not) => [
    `select k, v from l where ${not}exists (select 1 from r where r.k = l.k)`,
    `select k, v from l where ${not}exists (select 1 from r where r.k = l.k and r.w <> l.v)`,
    `select k, v from l where ${not}exists (select * from r where r.w < l.v) and v > 1`,
    `select k, v from l where ${not}exists (select * from r where w > 100)`,
    `select k, v from l where ${not}exists (select * from e)`,
    `select k, v from l where ${not}exists (select count(*) from r where r.k = l.k)`,
    `select k, v from l where ${not}exists (select k from r where r.k = l.k group by k having count(*) > 1)`,
    `select k, v from l where ${not}exists (select * from r where r.k = l.k order by w limit 1)`,
    `select k, v from l where ${not}exists (select * from (select k, w from r where w > 1) q where q.k = l.k)`,
    `select k, v from l where v = 1 or ${not}exists (select * from r where r.k = l.k and w > 2)`,
    `select k, ${not}exists (select * from r where r.k = l.k and w > 2) from l`,
    `select k, v from l where k ${not}in (select k from r)`,
    `select k, v from l where k ${not}in (select k from r where k is not null)`,
    `select k, v from l where k ${not}in (select k from e)`,
    `select k, v from l where k ${not}in (select k from r where r.name = l.name)`,
    `select k, v from l where v ${not}in (select w from r where r.k < l.k)`,
    `select k, v from l where v + 1 ${not}in (select max(w) from r where r.k = l.k)`,
    `select k, v from l where ${not}(v in (select w from r where w > 2))`,
    `select k, v from l where v ${not}in (select w from r group by w having count(*) > 4)`,
    `select k, v from l where v ${not}in (select w from r where r.k in (select k from l x where x.v = 1))`,
    `select v, count(*) from l group by v having v ${not}in (select w from r where w > 1)`,
    `select v, count(*) from l group by v having ${not}exists (select * from r where r.w = l.v and r.k > 9)`,
    `select l.k, r.w from l join r on l.k = r.k where r.w ${not}in (select v from l x where x.k = l.k)`,
    `select l.k, r.w from l left join r on l.k = r.k where r.w ${not}in (select v from l x where v < 3)`,
  ]),
  'select k, v, (select w from r where r.k = l.k order by w desc nulls last limit 1) from l',
  'select k, v, (select w from r where r.k = l.k and r.w <> l.v order by w nulls first limit 1 offset 1) from l',
  'select k, v from l where v in (select w from r where r.k >= l.k order by w nulls first limit 4)',
  'select k, v from l where exists (select 1 from r where r.k = l.k and r.w > l.v limit 2 offset 1)',
  'select k, v, (select count(*) from (select * from r where r.k + l.v > 5 limit 3) q) from l',
  'select k, v from l where v in (select count(*) over (partition by r.name) from r where r.k < l.k)',
  'with q as (select k, max(w) m from r group by k) select l.k from l where v in (select m from q where q.k = l.k)',
  'select k from l where k in (select k from r where w > (select avg(w) from r x where x.name = r.name))',
  // CTEs of a subquery see the query around it; aggregates of the groups may stand in subqueries of HAVING.
  'select k, (with q as (select w from r where r.k = l.k) select sum(w) from q) from l',
  'select k, v from l where exists (with q as (select k, w from r where r.k = l.k), p as (select w from q) select * from p where w = 2)',
  'select k from l group by k having exists (select * from r where r.w = max(l.v))',
  'select k from l group by k having not exists (select * from r where r.w = count(distinct l.v) and r.k = l.k)',
  'select k from l group by k having max(v) in (select w from r where r.k < sum(l.v))',
  'select k, count(distinct v) from l group by k',
  'select sum(distinct v) + 1 from l where v > 0',
  'select count(distinct name) from l',
] as const

/** A random query with subqueries in its WHERE and select list; all columns are numbers. */
function randomQuery(random: Random): string {
  const inner = (): string =>
    [
      random.pick(['x.k = l.k', 'x.w = l.v', 'x.k = l.k and x.w = l.v', 'x.name = l.name', 'true', 'l.v > 1']),
      ...(random.chance(0.5) ? [random.pick(['x.w > 2', 'x.k is not null', 'x.k < 8'])] : []),
    ].join(' and ')
  const from = (): string => random.pick(['r x', 'r x', 'e x', '(select k, w, name from r where w <> 3) x'])
  const scalar = (): string =>
    `(select ${random.pick(['count(*)', 'count(x.k)', 'sum(x.w)', 'max(x.k)', 'min(x.w) + count(*)'])} from ${from()} where ${inner()})`
  const not = (): string => (random.chance(0.4) ? 'not ' : '')
  const condition = (): string =>
    random.pick([
      () => `${not()}exists (select * from ${from()} where ${inner()}${random.chance(0.4) ? ' and x.w < l.v' : ''})`,
      () => `l.k ${not()}in (select x.k from ${from()} where ${inner()})`,
      () => `l.v ${not()}in (select x.w from ${from()} where ${inner()})`,
      () => `l.v ${random.pick(['<', '=', '>='])} ${scalar()}`,
      () => `(l.v = 2 or ${not()}exists (select * from ${from()} where ${inner()}))`,
      () => 'l.k > 3',
    ])()
  const where = Array.from({ length: random.integer(1, 2) }, condition).join(' and ')
  const list = random.chance(0.5) ? `, ${scalar()}` : ''
  return `select l.k, l.v${list} from l${random.chance(0.3) ? ' left join r on l.k = r.k' : ''} where ${where}`
}

test('subqueries give what DuckDB gives', (t) =>
  withTables((register, setup) =>
    withSession('local[2]', async (session) => {
      register(session)
      await compare(t, session, setup, FIXED)
    }),
  ))

test('random subqueries give what DuckDB gives, shuffled', (t) =>
  withTables((register, setup) =>
    withSession(
      'local[2]',
      async (session) => {
        register(session)
        const random = new Random(5)
        await compare(
          t,
          session,
          setup,
          Array.from({ length: 40 }, () => randomQuery(random)),
        )
      },
      { autoBroadcastJoinThreshold: -1, 'shuffle.partitions': 3 },
    ),
  ))

test('columns and errors of subqueries are those of Spark', (t) =>
  withTables((register) =>
    withSession('local[2]', async (session) => {
      register(session)
      t.deepEqual(
        await session
          .sql(
            'select (select max(w) from r), (select max(w) from r where r.k = l.k), exists (select 1 from r where r.k = l.k) from l',
          )
          .dtypes(),
        [
          ['scalarsubquery()', 'int'],
          ['scalarsubquery(k)', 'int'],
          ['exists(k)', 'boolean'],
        ],
      )
      t.deepEqual(await session.sql('select * from l where v > (select 1)').columns(), ['k', 'v', 'name'])
      const refusals = {
        'select (select w from r)': /SCALAR_SUBQUERY_TOO_MANY_ROWS/,
        'select k from l where v = (select w from r)': /SCALAR_SUBQUERY_TOO_MANY_ROWS/,
        'select (select w from r where r.k = l.k) from l': /SCALAR_SUBQUERY_TOO_MANY_ROWS/,
        'select (select k, w from r)': /SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN.*2/,
        'select k from l where k in (select k, w from r)': /IN_SUBQUERY_LENGTH_MISMATCH/,
        'select k from l order by k in (select k from r)': /UNSUPPORTED_IN_EXISTS_SUBQUERY.*ORDER BY/,
        'select k from l order by v, exists (select 1 from r) desc': /UNSUPPORTED_IN_EXISTS_SUBQUERY.*ORDER BY/,
        'select (select l.* from r limit 1) from l':
          /INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN.*returned 3/,
        'select k from l group by k having exists (select * from r where r.w = l.v)':
          /MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT.*"v" missing from "k" in operator HAVING/,
        'select k from l where exists (select 1 from r where exists (select 1 from e where e.k = l.k))':
          /UNRESOLVED_COLUMN.WITH_SUGGESTION.*`l`.`k`/,
        'select k from l where exists (select 1 from r where r.nix = l.k)': /UNRESOLVED_COLUMN/,
        'with q as (select 1 from r where r.k = l.k) select * from l where exists (select * from q)':
          /UNRESOLVED_COLUMN/,
      }
      for (const [sql, message] of Object.entries(refusals))
        await t.throwsAsync(session.sql(sql).collect(), { message }, sql)
      t.throws(() => session.table('l').filter('k in (select 1)'), { message: /UNSUPPORTED_FEATURE.*DataFrame API/ })
    }),
  ))
