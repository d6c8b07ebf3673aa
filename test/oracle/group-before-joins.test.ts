import test from 'ava'
import { parseQuery } from '../../planner/sql/query.js'
import { compare, withTables } from '../support/join-tables.js'
import { withSession } from '../support/sessions.js'

/* Many rows for each value of their keys, keys that are NULL, several times there or without a partner; of `n` and `note` some are NULL. */
const TABLES = {
  guests: `select case when x % 9 = 0 then null else (x % 700)::int end as id, (x % 7)::int as town,
    case when x % 10 = 0 then null else 'name ' || (x % 300) end as name, 'a city of many letters ' || (x % 40) as city from range(900) t(x)`,
  visits: `select case when x % 11 = 0 then null else (x * 7 % 500)::int end as guest, (x % 20)::int as night,
    case when x % 3 = 0 or x * 7 % 500 = 42 then null else (x % 1000)::int end as n,
    (x % 100 / 4)::decimal(8,2) as due, case when x % 5 = 0 then null else 'n' || (x % 77) end as note from range(120000) t(x)`,
}

const ALL = 'count(*) a, count(n) b, sum(n) c, sum(due) d, min(note) e, max(n) f'

/** What has a value for rows without a match, too. */
const VALUED = `min(coalesce(n, -1)) a, sum(case when n is null then 1 else 0 end) b, count(coalesce(note, 'x')) c,
  max('k') d, min(case when note is null then 1 else 2 end) e`

const QUERIES = [
  `select id, ${ALL} from guests left join visits on id = guest group by id`,
  `select id, town, ${ALL} from guests left join visits on guest = id and night < town group by id, town`,
  `select id, ${ALL} from guests join visits on id = guest group by id`,
  `select guest, ${ALL} from visits, guests where id = guest group by guest`,
  `select guest, town, ${ALL} from visits right join guests on id = guest group by guest, town`,
  `select town + 1, count(n) + 1, sum(n) from guests left join visits on id = guest group by town + 1 having count(n) > 5`,
  'select name, city, night, sum(due - 1.5) a, count(note) b from guests join visits on id = guest group by name, city, night',
]

const joinsOf = (aggregates: string): readonly string[] => [
  `select id, ${aggregates} from guests left join visits on id = guest group by id`,
  `select id, ${aggregates} from visits right join guests on id = guest group by id`,
  `select id, ${aggregates} from guests join visits on id = guest group by id`,
]

for (const master of ['local[2]', 'local-cluster[2,1,512]'])
  test(`groups that are made before a join give what groups made after it do, in ${master}`, (t) =>
    withTables(async (register, setup) => {
      await withSession(master, async (session) => {
        register(session)
        for (const sql of QUERIES) {
          const plan = await session.engine.explain(parseQuery(sql), 'simple')
          t.regex(plan, /Join[\s\S]*HashAggregate/)
        }
        await compare(t, session, setup, [...QUERIES, ...joinsOf(VALUED)])
      })
    }, TABLES))
