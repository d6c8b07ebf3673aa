import test from 'ava'
import { functions } from '../../api/index.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'
import { ignoredHints } from '../../planner/plan/unresolved/hints.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseQuery } from '../../planner/sql/query.js'
import { withSession } from '../support/sessions.js'

/** The kinds of relations from the outermost, with what hints made of them. */
function spine(relation: UnresolvedRelation): readonly string[] {
  const own =
    relation.kind === 'repartition'
      ? `${relation.by} ${relation.partitions ?? ''}`.trim()
      : relation.kind === 'join'
        ? `${relation.kind} ${relation.hint ?? ''}`.trim()
        : relation.kind === 'hint'
          ? `hint ${relation.name}`
          : relation.kind
  return [own, ...('input' in relation ? spine(relation.input) : [])]
}

test('hints of a select divide its rows, the first last, and name the sides of joins', (t) => {
  const of = (sql: string): string => spine(parseQuery(sql)).join(', ')
  t.is(of('select /*+ coalesce(2) repartition(5, a) */ a from t'), 'byTask 2, hash 5, project, table')
  t.is(
    of('select /*+ repartition_by_range(a), REBALANCE */ distinct a from t'),
    'range, inTurn, distinct, project, table',
  )
  t.is(of('select /*+ mapjoin(s) */ 1 from r join s on true where s.a > 1'), 'project, filter, join broadcast-right')
  t.is(of('select /*+ broadcast(R) */ 1 from r join s on true'), 'project, join broadcast-left')
  t.is(of('select /*+ merge(r) */ 1 from r join s on true'), 'project, hint MERGE, join')
  t.is(of('from t select /*+ broadcast(s) */ 1'), 'project, hint BROADCAST(s), table')
})

test('hints that nothing follows are known by name, wherever they stand', (t) => {
  const query = parseQuery(
    'with c as (select /*+ nix(a) */ 1 a) select /*+ merge(c), coalesce(1) */ a from (select /*+ broadcast, nix */ a from c) q',
  )
  t.deepEqual([...ignoredHints(query)].toSorted(), ['BROADCAST', 'MERGE', 'NIX'])
  t.deepEqual([...ignoredHints(parseQuery('select /*+ broadcast(t) */ 1 from t'))], [])
  const joined = parseQuery(
    'select /*+ broadcast(T, u), mapjoin(q, nix) */ 1 from t join (select 1) q on true where q.a',
  )
  t.deepEqual([...ignoredHints(joined)].toSorted(), ['BROADCAST(u)', 'MAPJOIN(nix)'])
})

test('DataFrames take the same hints', (t) =>
  withSession('local[2]', async (session) => {
    const rows = session.range(5)
    t.is(rows.hint('rebalance', 3).plan.kind, 'repartition')
    t.like(rows.hint('Repartition', 2, functions.col('id')).plan, { by: 'hash', partitions: 2 })
    t.is(rows.hint('shuffle_hash').plan.kind, 'hint')
    t.true(rows.hint('mapjoin').isBroadcast)
    t.false(rows.hint('merge').isBroadcast)
    const refused = t.throws<MillraceError>(() => rows.hint('coalesce', 'id'))
    t.is(refused?.condition, '_LEGACY_ERROR_TEMP_1048')
    t.is((await rows.hint('nix', 1).hint('repartition', 3).collect()).length, 5)
  }))
