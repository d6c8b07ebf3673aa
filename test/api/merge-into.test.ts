import test from 'ava'
import { col, lit } from '../../api/column/column.js'
import { raised } from '../support/raised.js'
import { conditionOf, runAll, withTables } from '../support/warehouses.js'

test('mergeInto refuses tables of files as MERGE INTO does, and before that what is wrong with what it says', (t) =>
  withTables(async (session) => {
    await runAll(session, 'create table t (a int, b string) using parquet')
    const source = session.sql("select 1 as a, 'x' as b").alias('s')
    const merge = (table = 't', condition = col('t.a').eq(col('s.a'))) => source.mergeInto(table, condition)

    await raised(t, merge().merge(), 'NO_MERGE_ACTION_SPECIFIED')
    await raised(t, merge().whenMatched().updateAll().merge(), 'UNSUPPORTED_FEATURE.TABLE_OPERATION')
    const all = merge()
      .whenMatched(col('s.a').gt(lit(1)))
      .update({ b: col('s.b') })
      .whenNotMatched()
      .insert({ a: col('s.a'), 't.b': lit('y') })
      .whenNotMatchedBySource()
      .delete()
      .withSchemaEvolution()
    t.regex(
      (await raised(t, all.merge(), 'UNSUPPORTED_FEATURE.TABLE_OPERATION')).message,
      /`spark_catalog`\.`default`\.`t` does not support MERGE INTO TABLE/,
    )

    const unresolved = 'UNRESOLVED_COLUMN.WITH_SUGGESTION'
    await raised(
      t,
      merge('t', col('t.zz').eq(col('s.a')))
        .whenMatched()
        .delete()
        .merge(),
      unresolved,
    )
    await raised(
      t,
      merge()
        .whenMatched(col('s.q').eq(lit(1)))
        .delete()
        .merge(),
      unresolved,
    )
    await raised(
      t,
      merge()
        .whenMatched()
        .update({ nope: col('s.b') })
        .merge(),
      unresolved,
    )
    await raised(
      t,
      merge()
        .whenNotMatched()
        .insert({ a: col('s.zz') })
        .merge(),
      unresolved,
    )
    await raised(
      t,
      merge()
        .whenNotMatchedBySource()
        .update({ b: col('s.zz') })
        .merge(),
      unresolved,
    )
    await raised(t, merge('nowhere').whenMatched().delete().merge(), 'TABLE_OR_VIEW_NOT_FOUND')
    await raised(t, () => merge('a b.'), 'INVALID_ATTRIBUTE_NAME_SYNTAX')
  }))

test('columns that MERGE INTO assigns to are those of the table, also when the source has some of their names', (t) =>
  withTables(async (session) => {
    await runAll(session, 'create table t (a int, b string) using parquet')
    const merge = "merge into t using (select 1 as a, 'x' as b) s on t.a = s.a when"
    t.is(await conditionOf(session, `${merge} matched then update set b = s.b`), 'UNSUPPORTED_FEATURE.TABLE_OPERATION')
    t.is(
      await conditionOf(session, `${merge} not matched then insert (a, b) values (s.a, s.b)`),
      'UNSUPPORTED_FEATURE.TABLE_OPERATION',
    )
    for (const action of ['matched then update set c = s.b', 'not matched then insert (a, c) values (s.a, s.b)'])
      t.is(await conditionOf(session, `${merge} ${action}`), 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
  }))
