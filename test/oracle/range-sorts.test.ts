import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { col, type Session } from '../../api/index.js'
import { duckdbRows, sameCell } from '../support/duckdb.js'
import { Random } from '../support/random.js'
import { queriedRows } from '../support/row-sets.js'
import { TPCH_SMALL, withSession } from '../support/sessions.js'

const MASTERS = ['local[2]', 'local-cluster[2,1,512]'] as const
const PARTITIONS = 5
/** However few the rows, they are sorted in ranges. */
const SETTINGS = { 'sort.rangeRows': 0, 'shuffle.partitions': PARTITIONS, autoBroadcastJoinThreshold: -1 }

const LINES = `select l_orderkey k, l_linenumber n, l_shipdate y, case when l_orderkey % 7 = 0 then null else l_comment end c,
  case when l_orderkey % 5 = 0 then null else l_quantity end q, l_extendedprice * l_discount w, l_returnflag f,
  case when l_linenumber = 3 then cast('NaN' as double) when l_linenumber = 4 then null else l_tax * 1.0e0 end d,
  l_orderkey % 3 = 0 b from lineitem`
const COLUMNS = ['y', 'c', 'q', 'w', 'f', 'd', 'b', 'concat(f, substring(c, 1, 2))', 'k % 10']

const views = [
  `create view lineitem as select * from '${TPCH_SMALL}/lineitem.parquet'`,
  `create view orders as select * from '${TPCH_SMALL}/orders.parquet'`,
  `create view lines as ${LINES}`,
]

async function register(session: Session): Promise<void> {
  for (const name of ['lineitem', 'orders'])
    session.read.parquet(`${TPCH_SMALL}/${name}.parquet`).createOrReplaceTempView(name)
  await session.sql(`create or replace temp view lines as ${LINES}`).collect()
}

function randomOrders(random: Random): string {
  const keys = COLUMNS.filter(() => random.chance(0.25)).sort(() => random.next() - 0.5)
  const orders = keys.map((key) => `${key} ${random.pick(['asc', 'desc'])} nulls ${random.pick(['first', 'last'])}`)
  return [...orders, 'k', 'n'].join(', ')
}

const QUERIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((seed) => [
      `seed ${seed}`,
      `select k, n, c, q, d from lines order by ${randomOrders(new Random(seed * 13))}`,
    ]),
  ),
  'by what is not selected': 'select n from lines where q > 45 order by w desc, k, n',
  'of groups': 'select k, count(*) a, sum(n) s from lines group by k order by s desc, k',
  'of a join': 'select o_orderkey, n from lines join orders on k = o_orderkey where n < 3 order by o_totalprice, k, n',
  'of a union': 'select k, n from lines union all select o_orderkey, 0 from orders order by n, k desc',
  'with all but the first rows': 'select k, n from lines order by y, k, n offset 60000',
  'below a limit and a condition':
    'select k, n from (select * from lines order by q nulls first, k, n limit 500) where n > 1 order by k, n',
  'of nothing': 'select k from lines where k < 0 order by k',
  'of one row': 'select max(k) m from lines order by m',
}

test.serial(`results sorted in ranges are DuckDB's in ${MASTERS.join(' and ')}`, (t) =>
  withSession(
    MASTERS[0],
    (first) =>
      withSession(
        MASTERS[1],
        async (second) => {
          const sessions = [first, second]
          for (const session of sessions) await register(session)
          for (const [title, sql] of Object.entries(QUERIES)) {
            // It answers both: that takes it as long as they need.
            const expected = await duckdbRows(sql, views)
            for (const [i, session] of sessions.entries()) {
              const rows = await queriedRows(session, sql)
              t.is(rows.length, expected.length, title)
              const wrong = expected.findIndex((row, at) => !row.every((cell, j) => sameCell(rows[at]![j], cell)))
              t.is(wrong, -1, `${title} in ${MASTERS[i]}: ${rows[wrong]} instead of ${expected[wrong]}`)
            }
          }
        },
        SETTINGS,
      ),
    SETTINGS,
  ),
)

test.serial('every range of rows has about as many, and their files come one after the other', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'ranges-'))
  try {
    await withSession(
      'local[2]',
      async (session) => {
        await register(session)
        // Tasks of a sort with few rows are merged before they are written, those that were asked for by their number are not.
        const ranges = session
          .sql('select k, n, c from lines')
          .repartitionByRange(PARTITIONS, col('c').desc(), col('k'))
        await ranges.write.parquet(`${directory}/sorted`)
      },
      SETTINGS,
    )
    const files = await duckdbRows(
      `select filename, count(*)::double, max(coalesce(c, '')), min(coalesce(c, '')) from read_parquet('${directory}/sorted/*.parquet', filename = true) group by 1 order by 1`,
    )
    t.is(files.length, PARTITIONS)
    const rows = files.map(([, count]) => count as number)
    const even = rows.reduce((a, b) => a + b) / PARTITIONS
    for (const count of rows) t.true(Math.abs(count - even) < even / 3, String(rows))
    for (const [i, [, , greatest]] of files.entries()) if (i > 0) t.true(greatest! <= files[i - 1]![3]!)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
