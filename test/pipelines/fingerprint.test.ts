import test from 'ava'
import { BIGINT, field } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { fingerprintOf } from '../../executor/pipelines/codegen/fingerprint.js'
import { numberLiterals } from '../../executor/pipelines/codegen/numbered-literals.js'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import { cutStages } from '../../planner/stages/cut-stages.js'
import { analyzed } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'
import { withSession } from '../support/sessions.js'
import { aggregate, bound, keptOf, named, stageOf, table } from '../support/stages.js'

const stagesOf = (sql: string): readonly Stage[] =>
  cutStages(planPhysical(analyzed(sql), PHYSICAL_OPTIONS), { kind: 'collect' }, 2).stages
const fingerprints = (sql: string): readonly string[] =>
  stagesOf(sql).map((stage) => fingerprintOf(numberLiterals(stage).part))

test('the same query with other white space and comments is not compiled again', (t) => {
  const sql =
    'select o_custkey, sum(o_totalprice / o_custkey) s from orders where o_orderkey % 2 = 1 group by o_custkey'
  const other = `select o_custkey,  -- the customer
      sum(o_totalprice /     o_custkey)  s
    from orders where  o_orderkey  % 2 = 1
    group by o_custkey`
  t.deepEqual(fingerprints(sql), fingerprints(other))
  t.notDeepEqual(fingerprints(sql), fingerprints(sql.replace('% 2', '+ 2')))
})

test('code that measures is not that which does not, and what was estimated does not count', (t) => {
  const [stage] = stagesOf('select o_custkey + 1 from orders')
  t.not(fingerprintOf({ ...stage!, isMeasured: true }), fingerprintOf(stage!))
  const root = { ...stage!.root, estimate: { rows: 1, bytes: 8 } }
  t.is(fingerprintOf({ ...stage!, root }), fingerprintOf(stage!))
})

test('names of columns do not count, but for those of fields', (t) => {
  const sql = 'select o_custkey + 1 a, sum(o_orderkey) b from orders group by o_custkey'
  t.deepEqual(fingerprints(sql), fingerprints(sql.replace(' a,', ' x,').replace(' b ', ' y ')))
  const json = 'select to_json(struct(o_custkey a)) x from orders'
  t.notDeepEqual(fingerprints(json), fingerprints(json.replace(' a)', ' b)')))
})

test('names of columns that are written to the state of a stream do count', (t) => {
  const keyed = (name: string): Stage => {
    const plan = table([field('n', BIGINT)], [])
    const keys = [named(name, bound(plan, 'n'))]
    const { attributes } = aggregate('final', plan, keys, [])
    const state = keptOf(keys, [])
    const mode = { state, aggregates: [], outputMode: 'update' } as const
    return stageOf({ kind: 'stateAggregate', ...mode, inputs: [plan], keys, attributes })
  }
  t.not(fingerprintOf(keyed('a')), fingerprintOf(keyed('b')))
})

test('an error of code that was compiled for the same query elsewhere is told with the place in the query at hand', async (t) => {
  await withSession('local[1]', async (session) => {
    session.range(10).createOrReplaceTempView('r')
    const textAt = async (sql: string): Promise<string | undefined> => {
      const error: unknown = await session
        .sql(sql)
        .collect()
        .then(
          () => undefined,
          (e: unknown) => e,
        )
      if (!MillraceError.is(error) || !error.origin) return undefined
      t.is(error.condition, 'DIVIDE_BY_ZERO')
      const { text, start, end } = error.origin
      return `${start}: ${text.slice(start, end)}`
    }
    t.is(await textAt('select 1 / (id - 5) x, 1 / (id - 6) y from r'), '7: 1 / (id - 5)')
    t.is(await textAt('select   1 /  (id - 5) x,  1 / (id - 6) y from r'), '9: 1 /  (id - 5)')
    t.is(await textAt('select 1 / (id - 15) x, 1 / (id - 6) y from r'), '24: 1 / (id - 6)')
    t.is(await textAt('select 1 /     (id - 15) x,    1 / (id  - 6) y from r'), '31: 1 / (id  - 6)')
  })
})
