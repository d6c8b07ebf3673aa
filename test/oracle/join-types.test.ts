import test from 'ava'
import { compare, withTables } from '../support/join-tables.js'
import { withSession } from '../support/sessions.js'

const TYPES = ['join', 'left join', 'right join', 'full join', 'left semi join', 'left anti join'] as const
const CONDITIONS = [
  'l.k = r.k',
  'l.k = r.k and l.v < r.w',
  'l.k <=> r.k',
  'l.k <=> r.k and l.name = r.name and l.v > 1',
  'l.k = r.k and r.w > 2',
  'l.v < r.w',
  'l.v < r.w and l.k > 5',
  'true',
  'false',
  'cast(null as boolean)',
  'l.k = r.k and null',
] as const
const OF_THE_REST = ['', 'where l.v > 1', 'where l.k is null', 'where l.v = 2 or l.k = 3'] as const
const OF_BOTH = [...OF_THE_REST, 'where r.w > 2', 'where r.w is null', 'where coalesce(r.w, 0) + coalesce(l.v, 0) < 3']

const isOneSided = (type: string): boolean => type.includes('semi') || type.includes('anti')

function* queries(): Generator<string> {
  for (const type of TYPES) {
    for (const condition of CONDITIONS) {
      for (const where of isOneSided(type) ? OF_THE_REST : OF_BOTH) {
        const list = isOneSided(type) ? 'l.k, l.v, l.name' : 'l.k, l.v, l.name, r.k, r.w, r.name'
        yield `select ${list} from l ${type} r on ${condition} ${where}`
      }
    }
    if (isOneSided(type)) {
      yield `select count(*), sum(l.v) from l ${type} e r on l.k = r.k`
      yield `select count(*) from e l ${type} r on l.k = r.k`
      continue
    }
    yield `select count(*), sum(l.v), sum(r.w) from l ${type} e r on l.k = r.k`
    yield `select count(*), sum(l.w), sum(r.w) from e l ${type} r on l.k = r.k`
    yield `select l.k, count(*), count(r.w) from l ${type} r on l.k = r.k group by l.k`
    yield `select count(*) from l ${type} r on l.k = r.k ${type} l m on r.w = m.v`
    yield `select a.k, b.name, c.w from l a ${type} r b on a.k = b.k ${type} r c on b.w = c.w and b.k > c.k`
  }
  yield 'select * from l cross join e'
  yield 'select l.k, r.k from l cross join r'
  yield 'select l.k, r.k from l full join r on l.k = r.k order by 1 nulls last, 2 nulls last limit 7'
  yield 'select count(*) from (select l.k from l full join r on l.k = r.k limit 9) q'
}

// A fifth of the queries each way: no count of the parts they are made of divides by five, so that each part is run both ways.
for (const [name, turn, options] of [
  ['broadcast', 0, {}],
  ['shuffled', 1, { autoBroadcastJoinThreshold: -1, 'shuffle.partitions': 3 }],
] as const) {
  test(`joins of every type give what DuckDB gives (${name})`, async (t) => {
    await withTables((register, setup) =>
      withSession(
        'local[2]',
        async (session) => {
          register(session)
          await compare(
            t,
            session,
            setup,
            [...queries()].filter((_, i) => i % 5 === turn),
          )
        },
        options,
      ),
    )
  })
}

test('joins of every type give what DuckDB gives in a cluster', async (t) => {
  await withTables((register, setup) =>
    withSession(
      'local-cluster[2,1,2048]',
      async (session) => {
        register(session)
        await compare(
          t,
          session,
          setup,
          TYPES.map((type) => `select l.v from l ${type} r on l.k <=> r.k and l.v < r.w`),
        )
      },
      { autoBroadcastJoinThreshold: -1, 'shuffle.partitions': 3 },
    ),
  )
})

test('USING and NATURAL have the columns, names and order of Spark', async (t) => {
  await withTables((register, setup) =>
    withSession('local[2]', async (session) => {
      register(session)
      const columns = (sql: string) => session.sql(sql).columns()
      t.deepEqual(await columns('select * from l full join r using (k)'), ['k', 'v', 'name', 'w', 'name'])
      t.deepEqual(await columns('select * from l natural join r'), ['k', 'name', 'v', 'w'])
      t.deepEqual(await columns('select * from l natural left semi join r'), ['k', 'name', 'v'])
      t.deepEqual(await columns('select * from l left anti join r using (name)'), ['name', 'k', 'v'])
      await compare(t, session, setup, [
        'select k, v, w, l.k, r.k from l full join r using (k)',
        'select k, name, v, w from l natural join r',
        'select k, name, v, w from l natural left join r',
        'select k, name, v, w from l natural full outer join r',
        'select name, count(*) from l full join r using (name) group by name',
      ])
      await t.throwsAsync(session.sql('select * from l natural cross join r').collect(), {
        message: /INCOMPATIBLE_JOIN_TYPES/,
      })
      await t.throwsAsync(session.sql('select w from l left semi join r on l.k = r.k').collect(), {
        message: /UNRESOLVED_COLUMN/,
      })
    }),
  )
})
