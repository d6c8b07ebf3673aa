import test from 'ava'
import { parseQuery } from '../../planner/sql/query.js'
import { compare, withTables } from '../support/join-tables.js'
import { withSession } from '../support/sessions.js'

/* Items that come twice or are NULL, lines whose item is NULL or is none, and quantities that are NULL. */
const TABLES = {
  items:
    'select case when x % 17 = 0 then null else (x % 300)::int end as id, (x % 40)::int as kind from range(400) t(x)',
  lines: `select x::int as line, case when x % 13 = 0 then null else (x * 7 % 350)::int end as item, (x % 6)::int as shop,
    case when x % 5 = 0 then null else (x * 31 % 1000 / 4)::decimal(8,2) end as qty from range(20000) t(x)`,
  shops: "select x::int as shop_id, 't' || (x % 2) as town from range(6) t(x)",
}

const ITEMS = 'items where id = l.item and kind = 3'

const QUERIES = [
  `select line, qty from lines l, ${ITEMS} and qty < (select avg(qty) from lines m where m.item = id)`,
  `select line, qty from lines l, ${ITEMS} and qty = (select min(qty) from lines m where m.item = id)`,
  `select line, (select max(m.qty) - min(m.qty) from lines m where m.item = l.item) d from lines l, ${ITEMS}`,
  `select line, town from shops, lines l, ${ITEMS} and shop_id = shop and town = 't1'
    and qty > (select avg(m.qty) * 1.2 from lines m, shops s where m.item = id and s.shop_id = m.shop and s.town = 't1')`,
]

test('aggregates of the rows that a query joins are what those of rows read again are', (t) =>
  withTables(async (register, setup) => {
    await withSession('local[2]', async (session) => {
      register(session)
      for (const sql of QUERIES) t.regex(await session.engine.explain(parseQuery(sql), 'simple'), /Window/)
      await compare(t, session, setup, QUERIES)
    })
  }, TABLES))
