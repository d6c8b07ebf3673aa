import test from 'ava'
import { eventTimeOf, eventTimes } from '../../planner/physical/event-times.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import type { LogicalPlan, LogicalUnion } from '../../planner/plan/logical/plan.js'
import { inputsOf, transformPlanUp } from '../../planner/plan/logical/transform.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'

const schema = parseSchema('at timestamp, later timestamp, n int')
const source = (name: string) => ({ provider: 'parquet', options: {}, paths: [name], schema })
const catalog = catalogOf({ s: source('s'), u: source('u'), t: source('t') })
const DELAYS: Readonly<Record<string, bigint>> = { s: 5_000_000n, u: 2_000_000n }

/** `s` and `u` are streams whose times in `at` have a watermark each, `t` is a table. */
const planOf = (sql: string): LogicalPlan =>
  transformPlanUp(analyzed(sql, catalog), (node): LogicalPlan => {
    const delayMicros = node.kind === 'scan' ? DELAYS[node.source.paths![0]!] : undefined
    if (node.kind !== 'scan' || delayMicros === undefined) return node
    const column = node.output.find(({ name }) => name === 'at')!.id
    return { kind: 'watermark', input: { ...node, streaming: true }, column, delayMicros }
  })

const timesIn = (plan: LogicalPlan): readonly string[] => {
  const times = eventTimes(plan)
  return outputOf(plan).flatMap(({ id, name }) => (times.has(id) ? [name] : []))
}
const times = (sql: string): readonly string[] => timesIn(planOf(sql))

test('the delay of an event time is the greatest of those of the streams below, in whichever order', (t) => {
  for (const sql of ['select at from s union all select at from u', 'select at from u union all select at from s'])
    t.is(eventTimeOf(planOf(sql))!.delayMicros, 5_000_000n, sql)
})

test('a window is an event time by its end, and no column that rows are late by', (t) => {
  const plan = planOf("select window(at, '5 minutes') w, at from s")
  t.deepEqual(timesIn(plan), ['w', 'at'])
  t.is(eventTimeOf(plan)!.column, outputOf(plan)[1]!.id)
  t.is(eventTimeOf(planOf("select window(at, '5 minutes') w from s")), undefined)
})

test('a column of a union is an event time when it is one of each stream, whatever state begins with', (t) => {
  t.deepEqual(times('select at from s union all select at from u'), ['at'])
  t.deepEqual(times('select at from s union all select later from u'), [])
  t.deepEqual(times('select later from s union all select at from u'), [])
  const unionIn = (plan: LogicalPlan): LogicalUnion => (plan.kind === 'union' ? plan : unionIn(inputsOf(plan)[0]!))
  const union = unionIn(planOf('select at from s union all select at from t'))
  t.deepEqual(timesIn(union), [])
  t.deepEqual(timesIn({ ...union, withInitial: true }), ['at'])
})
