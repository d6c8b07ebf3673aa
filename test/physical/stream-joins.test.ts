import test from 'ava'
import { DEFAULT_SESSION } from '../../planner/analyze/session.js'
import { explainPhysical } from '../../planner/explain/explain-physical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import { statefulOperators } from '../../planner/physical/stateful-operators.js'
import { sqlText } from '../../planner/plan/expression/sql-text.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { transformPlanUp } from '../../planner/plan/logical/transform.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'

const stream = (name: string) => ({
  provider: 'parquet',
  options: {},
  paths: [name],
  schema: parseSchema('k int, at timestamp, n int'),
})
const catalog = catalogOf({ l: stream('l'), r: stream('r') })

/** With a watermark on the times of these, whatever the delay. */
const streamed = (plan: LogicalPlan, timed: string): LogicalPlan =>
  transformPlanUp(plan, (node): LogicalPlan => {
    if (node.kind !== 'scan') return node
    const input: LogicalPlan = { ...node, streaming: true }
    const time = node.output.find(({ name }) => name === 'at')
    if (!time || !timed.includes(node.source.paths![0]!)) return input
    return { kind: 'watermark', input, column: time.id, delayMicros: 5_000_000n }
  })

const planOf = (sql: string, timed: string, outputMode: OutputMode = 'append'): PhysicalPlan =>
  planPhysical(optimize(streamed(analyzed(sql, catalog), timed)), { ...PHYSICAL_OPTIONS, outputMode }).root

/** When rows of both sides expire, and how far what comes out of the join may be behind. */
function timesOf(condition: string, timed = 'lr', type = ''): readonly unknown[] {
  const plan = planOf(`select l.n a, r.n b from l ${type} join r on l.k = r.k and ${condition}`, timed)
  const [join] = statefulOperators(plan)
  const [, left, right] = /expires at (.*) and (.*)/.exec(explainPhysical(plan))!
  const shortened = (text: string): string =>
    text.replace(/^timestamp_add\(at[^,]*, INTERVAL '(-?)0 00:00:(.*)' DAY TO SECOND\)$/, '$1$2')
  return [shortened(left!), shortened(right!), join?.kind === 'streamJoin' ? join.holdsMicros : undefined]
}

test('rows of a join of streams expire when the other side has come so far that none can match any more', (t) => {
  const within = 'r.at between l.at - interval 2 seconds and l.at + interval 3 seconds'
  const cases: Readonly<Record<string, readonly [left: string, right: string, holds?: bigint]>> = {
    'l.at < r.at': ['never', '00'],
    'l.at > r.at': ['00', 'never'],
    'l.at <= r.at': ['never', '00.001'],
    'r.at >= l.at': ['never', '00.001'],
    'r.at <= l.at': ['00.001', 'never'],
    [within]: ['03.001', '02.001', 3_001_000n],
    'l.at < r.at + interval 4 seconds and r.at < l.at - interval 1 second': ['-01', '04', 4_000_000n],
    // The least of several bounds is the one that counts, wherever it stands.
    'r.at <= l.at + interval 3 seconds and r.at < l.at + interval 2 seconds': ['02', 'never'],
    'r.at < l.at + interval 2 seconds and r.at <= l.at + interval 3 seconds': ['02', 'never'],
    'r.at - interval 1 second <= l.at + interval 3 seconds': ['04.001', 'never'],
    'r.at - interval 9 seconds < l.at - interval 3 seconds': ['06', 'never'],
    'r.n < l.n': ['never', 'never'],
  }
  for (const [condition, [left, right, holds]] of Object.entries(cases))
    t.deepEqual(timesOf(condition), [left, right, holds], condition)
  // Equal event times are keys.
  for (const timed of ['lr', 'l', 'r']) t.deepEqual(timesOf('l.at = r.at', timed), ['at', 'at', 0n], timed)
  // Rows wait for the watermark of the other side.
  t.deepEqual(timesOf(within, 'l'), ['never', '02.001', undefined])
  t.deepEqual(timesOf(within, 'r'), ['03.001', 'never', undefined])
})

test('where clocks are put forward and back a row is kept for three hours more for each time that they move', (t) => {
  const inBerlin = { ...catalog, session: { ...DEFAULT_SESSION, timeZone: 'Europe/Berlin' } }
  const leftExpiry = (condition: string): string | undefined => {
    const sql = `select l.n a, r.n b from l join r on l.k = r.k and ${condition}`
    const { root } = planPhysical(optimize(streamed(analyzed(sql, inBerlin), 'lr')), {
      ...PHYSICAL_OPTIONS,
      outputMode: 'append',
    })
    return /expires at timestamp_add\(at[^,]*, INTERVAL '(.*?)' DAY TO SECOND\)/.exec(explainPhysical(root))?.[1]
  }
  t.is(leftExpiry('r.at < l.at'), '0 00:00:00')
  t.is(leftExpiry('r.at < l.at + interval 2 seconds'), '0 03:00:02')
  t.is(leftExpiry('r.at - interval 9 seconds < l.at - interval 3 seconds'), '0 06:00:06')
})

test('what is made of joins is as far behind their watermarks as the rows that they hold back', (t) => {
  const join = (left: string, right: string, on: string): string =>
    `(select l.k, l.at, r.n from ${left} l join ${right} r on l.k = r.k and ${on})`
  const behind = (input: string): unknown =>
    statefulOperators(planOf(`select count(*) n from ${input} q group by window(at, '1 second')`, 'lr'))[0]!.state
  const narrow = join('l', 'r', 'r.at between l.at - interval 1 second and l.at')
  const wide = join(narrow, 'r', 'r.at between l.at - interval 2 seconds and l.at + interval 5 seconds')
  t.like(behind('l'), { watermarks: [0], behindMicros: undefined })
  t.like(behind(narrow), { watermarks: [0, 1], behindMicros: 1_001_000n })
  t.like(behind(wide), { behindMicros: 6_002_000n })
  t.like(behind(join('l', 'r', 'r.at = l.at')), { watermarks: [0, 1], behindMicros: undefined })
  t.throws(() => behind(join('l', 'r', 'r.at < l.at')), { message: /lets no rows expire on one of its sides/ })
})

test('what the condition of a join says of the rows alone that come out without a match is asked of them as they come', (t) => {
  const sidesOf = (type: string): readonly string[] => {
    const on = 'l.k = r.k and l.at = r.at and l.n > 1 and r.n > 2 and l.n < r.n'
    const plan = planPhysical(streamed(analyzed(`select l.n a from l ${type} join r on ${on}`, catalog), 'lr'), {
      ...PHYSICAL_OPTIONS,
      outputMode: 'append',
    }).root
    const [join] = statefulOperators(plan)
    if (join?.kind !== 'streamJoin') throw new Error('no join of streams')
    return [...join.sides.map(({ condition }) => (condition ? sqlText(condition) : '')), sqlText(join.condition!)]
  }
  t.deepEqual(sidesOf('left'), ['(n > 1)', '', '((n > 2) AND (n < n))'])
  t.deepEqual(sidesOf('full'), ['(n > 1)', '(n > 2)', '(n < n)'])
  t.deepEqual(sidesOf('inner'), ['', '', '((n > 1) AND (n > 2) AND (n < n))'])
})

test('rows that only the right side of a full join has do not lie by the keys of the left one', (t) => {
  const exchanges = (type: string): number => {
    const joined = `select l.k, l.at, r.n from l ${type} join r on l.k = r.k and l.at = r.at`
    const text = explainPhysical(planOf(`select k, at, count(*) from (${joined}) group by k, at`, 'lr'))
    return text.split('Exchange hash').length - 1
  }
  t.deepEqual(['inner', 'left', 'full'].map(exchanges), [2, 2, 3])
})
