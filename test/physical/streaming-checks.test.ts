import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { explainPhysical } from '../../planner/explain/explain-physical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { transformPlanUp } from '../../planner/plan/logical/transform.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'

const schema = parseSchema('k int, at timestamp, n int')
const source = (name: string) => ({ provider: 'parquet', options: {}, paths: [name], schema })
const catalog = catalogOf({ s: source('s'), u: source('u'), t: source('t') })

/** `s` and `u` are streams, `t` is a table; the times of `s` have a watermark. */
const streamed = (plan: LogicalPlan): LogicalPlan =>
  transformPlanUp(plan, (node): LogicalPlan => {
    if (node.kind !== 'scan' || node.source.paths![0] === 't') return node
    const input: LogicalPlan = { ...node, streaming: true }
    const time = node.output.find(({ name }) => name === 'at')!
    return node.source.paths![0] === 's'
      ? { kind: 'watermark', input, column: time.id, delayMicros: 5_000_000n }
      : input
  })

const planned = (sql: string, outputMode?: OutputMode): string =>
  explainPhysical(
    planPhysical(optimize(streamed(analyzed(sql, catalog))), {
      ...PHYSICAL_OPTIONS,
      ...(outputMode && { outputMode }),
    }).root,
  )

function answer(sql: string, outputMode?: OutputMode): string {
  try {
    planned(sql, outputMode)
    return 'planned'
  } catch (error) {
    if (MillraceError.is(error)) return error.condition
    throw error
  }
}

const NO_MODE = 'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION'
const NOT_BUILT = 'UNSUPPORTED_FEATURE'
const OK = 'planned'

/** What each query is told in the modes append, update and complete. */
const ANSWERS: Readonly<Record<string, readonly [append: string, update: string, complete: string]>> = {
  'select n from s': [OK, OK, NO_MODE],
  'select k, count(*) from s group by k': [NO_MODE, OK, OK],
  'select at, count(*) from s group by at': [OK, OK, OK],
  'select at, count(*) from u group by at': [NO_MODE, OK, OK],
  'select later, count(*) from (select at as later, n from s) group by later': [OK, OK, OK],
  "select window(at, '5 minutes') w, count(*) from s group by 1": [OK, OK, OK],
  "select window(at, '6 minutes', '2 minutes') w, count(*) from s group by 1": [OK, OK, OK],
  "select window(at, '5 minutes') w, count(*) from u group by 1": [NO_MODE, OK, OK],
  "select named_struct('a', k, 'b', n) p, count(*) from s group by 1": [NO_MODE, OK, OK],
  "select at + interval '1' minute, count(*) from s group by 1": [NO_MODE, OK, OK],
  'select n from s order by n': [NO_MODE, NO_MODE, NO_MODE],
  'select k, count(*) c from s group by k order by c': [NO_MODE, NO_MODE, OK],
  'select n from s limit 5': [NOT_BUILT, NOT_BUILT, NO_MODE],
  'select at, count(*) c from s group by at limit 5': [NOT_BUILT, NOT_BUILT, OK],
  'select at, count(*) c from (select * from s limit 5) group by at': [NOT_BUILT, NOT_BUILT, NOT_BUILT],
  'select n from s tablesample (10 percent)': [NOT_BUILT, NOT_BUILT, NO_MODE],
  'select /*+ repartition_by_range(3, n) */ n from s': [NOT_BUILT, NOT_BUILT, NO_MODE],
  'select /*+ repartition(3) */ n from s': [OK, OK, NO_MODE],
  'select n, rand() from s': [NOT_BUILT, NOT_BUILT, NO_MODE],
  'select n from s union all select n from u': [OK, OK, NO_MODE],
  'select n from s union all select n from t': [NOT_BUILT, NOT_BUILT, NO_MODE],
  'select n from t union all select n from s': [NOT_BUILT, NOT_BUILT, NO_MODE],
  'select at, count(*) from s group by at union all select at, 1L from s': [NOT_BUILT, NOT_BUILT, NOT_BUILT],
  'select at, count(*) from (select at, n from s union all select at, n from s) group by at': [OK, OK, OK],
  'select at, count(*) from (select at, n from s union all select at, n from u) group by at': [NO_MODE, OK, OK],
  'select c, count(*) from (select at, count(*) c from s group by at) group by c': [NO_MODE, NO_MODE, NO_MODE],
  'select a.n from s a join s b on a.k = b.k': [OK, OK, NO_MODE],
  'select a.n from s a join s b on a.n > b.n': ['_LEGACY_ERROR_TEMP_1181', '_LEGACY_ERROR_TEMP_1181', NO_MODE],
  'select a.n from s a left join s b on a.k = b.k and a.at = b.at': [OK, '_LEGACY_ERROR_TEMP_3102', NO_MODE],
  'select a.n from s a full join s b on a.k = b.k and a.at = b.at': [OK, '_LEGACY_ERROR_TEMP_3102', NO_MODE],
  'select a.n from s a left join s b on a.k = b.k': ['_LEGACY_ERROR_TEMP_3102', '_LEGACY_ERROR_TEMP_3102', NO_MODE],
  'select a.n from s a left join s b on a.k = b.k and a.at < b.at': [
    '_LEGACY_ERROR_TEMP_3102',
    '_LEGACY_ERROR_TEMP_3102',
    NO_MODE,
  ],
  'select a.n from s a left join t b on a.k = b.k': [OK, OK, NO_MODE],
  'select a.n from t a left join s b on a.k = b.k': [NOT_BUILT, NOT_BUILT, NO_MODE],
  'select a.n from s a full join t b on a.k = b.k': [NOT_BUILT, NOT_BUILT, NO_MODE],
}

for (const [sql, answers] of Object.entries(ANSWERS))
  test(`what a stream may not do is refused in each output mode: ${sql}`, (t) => {
    const modes = ['append', 'update', 'complete'] as const
    t.deepEqual(
      modes.map((mode) => answer(sql, mode)),
      answers,
    )
    t.is(answer(sql), 'STREAMING_QUERY_NOT_STARTED', 'without any mode')
  })

test('rows that are ordered for the folders that they are written to are no order of a stream', (t) => {
  const input = streamed(analyzed('select n from s', catalog))
  const sort = { kind: 'sort', input, orders: [], isGlobal: false } as const
  const options = { ...PHYSICAL_OPTIONS, outputMode: 'append' } as const
  t.notThrows(() => planPhysical({ ...sort, isOfFiles: true }, options))
  t.throws(() => planPhysical(sort, options), { message: /sorting of a stream/ })
})

test('a stream is not kept in memory', (t) => {
  const input = streamed(analyzed('select n from s', catalog))
  const cached: LogicalPlan = { kind: 'cached', input, cacheId: 'c' }
  t.throws(() => planPhysical(cached, { ...PHYSICAL_OPTIONS, outputMode: 'append' }), { message: /cache\(\)/ })
})

test('what moves the rows of a stream to state is not shared, as each operator has its own', (t) => {
  const text = planned('select a.n, b.n from u a join u b on a.k = b.k', 'append')
  t.notRegex(text, /Reused/)
  t.regex(planned('select a.n, b.n from t a join t b on a.k = b.k'), /Reused/)
})

test('of a table nothing of that is asked', (t) => {
  for (const mode of ['append', 'update', 'complete', undefined] as const)
    t.is(answer('select k, rand(), count(*) from t tablesample (10 percent) group by k order by k limit 5', mode), OK)
})
