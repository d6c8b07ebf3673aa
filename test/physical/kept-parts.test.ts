import test from 'ava'
import { partsOfAggregate, partsOfSessions } from '../../planner/physical/kept-parts.js'
import type { LogicalAggregate, LogicalPlan } from '../../planner/plan/logical/plan.js'
import { inputsOf, transformPlanUp } from '../../planner/plan/logical/transform.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'

const schema = parseSchema('k int, at timestamp, n int, s string')
const catalog = catalogOf({ s: { provider: 'parquet', options: {}, paths: ['s'], schema } })

/** The groups of a query of a stream whose times have a watermark. */
function groupsOf(sql: string): LogicalAggregate {
  const plan = transformPlanUp(analyzed(sql, catalog), (node): LogicalPlan => {
    if (node.kind !== 'scan') return node
    const column = node.output.find(({ name }) => name === 'at')!.id
    return { kind: 'watermark', input: { ...node, streaming: true }, column, delayMicros: 5_000_000n }
  })
  const groupsIn = (node: LogicalPlan): LogicalAggregate =>
    node.kind === 'aggregate' ? node : groupsIn(inputsOf(node)[0]!)
  return groupsIn(plan)
}
const partsOf = (sql: string, mode: OutputMode = 'append') => partsOfAggregate(groupsOf(sql), mode)
const meanings = (sql: string): readonly string[] => {
  const { keys, values } = partsOf(sql)
  return [...keys, ...values].map(({ meaning }) => meaning)
}

test('groups are kept until their event time is final, and for ever where each batch gives all of them', (t) => {
  const sql = 'select k, at, count(*) from s group by k, at'
  for (const mode of ['append', 'update'] as const)
    t.like(partsOf(sql, mode), { rule: 'until at is final', expires: { column: 1 } })
  t.like(partsOf(sql, 'complete'), { rule: 'for ever', expires: undefined })
  t.like(partsOf('select k, count(*) from s group by k', 'update'), { rule: 'for ever', expires: undefined })
})

test('sessions are kept until they are final, and for ever where each batch gives all of them', (t) => {
  const groups = groupsOf('select k, min(at) a, max(at) z, count(*) c from s group by k')
  const [start, end] = groups.aggregates.map(({ id }) => id)
  const session = { start: start!, end: end! }
  const plan = { ...groups, session }
  t.like(partsOfSessions(plan, session, 'append'), { rule: 'until their session is final', expires: { column: 2 } })
  t.like(partsOfSessions(plan, session, 'complete'), { rule: 'for ever', expires: undefined })
})

test('columns are told as what they are computed from, whatever they are called', (t) => {
  const [key] = meanings('select k, count(*) from s group by k')
  t.is(meanings('select j as k, count(*) from (select k as j from s) group by j')[0], key!.replace(/^k:/, 'j:'))
  const [, sum] = meanings('select k, sum(m) from (select k, n + 1 as m from s) group by k')
  t.regex(sum!, /n \+ 1/)
  t.not(sum, meanings('select k, sum(m) from (select k, n + 2 as m from s) group by k')[1])
})

test('of states that are bytes the types of the values are told', (t) => {
  const [, ofNumbers] = meanings('select k, collect_list(n) from s group by k')
  t.regex(ofNumbers!, / of \(array<int>\)$/)
  t.notRegex(meanings('select k, sum(n) from s group by k')[1]!, / of \(/)
})

test('long definitions are cut, and differ when their ends do', (t) => {
  const long = (last: string): string => [...Array(60).fill('n'), last].join(' + ')
  const of = (last: string): string =>
    meanings(`select x, count(*) from (select ${long(last)} x from s) group by x`)[0]!
  t.true(of('k').length < 250)
  t.not(of('k'), of('n'))
})
