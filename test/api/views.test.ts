import test from 'ava'
import { MillraceError, type Session } from '../../api/index.js'
import { raised } from '../support/raised.js'
import { TPCH_SMALL, withSession } from '../support/sessions.js'

const conditionOf = (act: () => unknown): string => {
  try {
    act()
    return 'none'
  } catch (error) {
    return MillraceError.is(error) ? error.condition : String(error)
  }
}

const rowsOf = async (session: Session, sql: string): Promise<readonly object[]> => session.sql(sql).collect()

test('a view is checked when it is made, by SQL and by a DataFrame', (t) =>
  withSession('local[1]', async (session) => {
    for (const [query, condition] of [
      ['select * from nowhere', 'TABLE_OR_VIEW_NOT_FOUND'],
      ['with c as (select * from nowhere) select 1', 'TABLE_OR_VIEW_NOT_FOUND'],
      [`select * from parquet.\`${TPCH_SMALL}/orders.parquet\` join nowhere`, 'TABLE_OR_VIEW_NOT_FOUND'],
      ['select a + true from (select 1 a)', 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
      ['select b from (select 1 a)', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
    ] as const) {
      t.is(
        conditionOf(() => session.sql(`create temp view v as ${query}`)),
        condition,
        query,
      )
      t.is(
        conditionOf(() => session.sql(query).createOrReplaceTempView('v')),
        condition,
        query,
      )
    }
    t.is(
      conditionOf(() => session.sql('select * from v').createTempView('w')),
      'TABLE_OR_VIEW_NOT_FOUND',
    )
    await raised(t, session.runStatement(`create view nothing as select a`), 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION')
    const misspelt = `create temp view v as select o_orderkeyy from parquet.\`${TPCH_SMALL}/orders.parquet\``
    await raised(t, session.runStatement(misspelt), 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
    t.deepEqual(session.engine.catalog.temporary.names(), [])
  }))

test('what a view reads is never a CTE of the query that uses it', (t) =>
  withSession('local[1]', async (session) => {
    session.sql('select 1 as a').createOrReplaceTempView('t')
    session.sql('create temp view v as select * from t')
    session.table('t').createOrReplaceTempView('w')
    for (const view of ['v', 'w', 't'])
      t.deepEqual(await rowsOf(session, `with c as (select * from ${view}), t as (select 99 as a) select * from c`), [
        { a: 1 },
      ])
    for (const view of ['v', 'w'])
      t.deepEqual(await rowsOf(session, `with t as (select 99 as a) select * from ${view}`), [{ a: 1 }], view)
    t.deepEqual(await rowsOf(session, 'with t as (select 99 as a) select * from t'), [{ a: 99 }])
  }))
