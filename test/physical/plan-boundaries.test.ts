import test from 'ava'
import { explainPhysical } from '../../planner/explain/explain-physical.js'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import { physicalInputs } from '../../planner/plan/physical/inputs.js'
import type { PhysicalHashJoin, PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'

const table = (name: string) => ({
  ...{ provider: 'parquet', options: {}, paths: [name], schema: parseSchema('a int, b int') },
  statistics: { rows: 1_000_000, bytes: 100_000_000 },
})
const catalog = catalogOf({ l: table('l'), r: table('r') })
const planOf = (sql: string): PhysicalPlan => planPhysical(analyzed(sql, catalog), PHYSICAL_OPTIONS).root
const joinsOf = (plan: PhysicalPlan): readonly PhysicalHashJoin[] => [
  ...(plan.kind === 'hashJoin' ? [plan] : []),
  ...physicalInputs(plan).flatMap(joinsOf),
]
const pathsOf = (plan: PhysicalPlan): readonly string[] =>
  plan.kind === 'scan' ? (plan.source.paths ?? []) : physicalInputs(plan).flatMap(pathsOf)

test('only equalities between the two sides are keys of a join, whichever side of them stands first', (t) => {
  const keys = (on: string): string => {
    const [join] = joinsOf(planOf(`select l.a from l full join r on ${on}`))
    return `${join!.leftKeys.length} ${join!.nullSafe.join(' ')} ${join!.condition ? 'and more' : ''}`.trim()
  }
  const cases: Readonly<Record<string, string>> = {
    'l.a = r.a': '1 false',
    'r.a = l.a': '1 false',
    'l.a <=> r.a and l.b = r.b': '2 true false',
    'l.a + l.b = r.a - r.b': '1 false',
    'l.a = r.a and l.a = l.b': '1 false and more',
    'l.a = r.a and r.a = r.b': '1 false and more',
    'l.a = r.a and l.a + r.b = r.a': '1 false and more',
    'l.a = r.a and l.b = r.a + l.b': '1 false and more',
    'l.a = r.a and l.b = 5': '1 false and more',
    'l.a = r.a and 5 = r.b': '1 false and more',
    'l.a = r.a and l.b < r.b': '1 false and more',
    'l.a = r.a or l.b = r.b': '0  and more',
    'l.a = l.b': '0  and more',
  }
  for (const [on, expected] of Object.entries(cases)) t.is(keys(on), expected, on)
})

test('only NOT IN is a join that takes what is unknown for a match', (t) => {
  const isAware = (on: string, type = 'left anti'): boolean =>
    joinsOf(planOf(`select l.a from l ${type} join r on ${on}`))[0]!.isNullAware
  t.true(isAware('l.a = r.a or (l.a = r.a) is null'))
  for (const on of [
    'l.a = r.a or (l.a = r.b) is null',
    'l.a = r.a or (l.b = r.b) is null',
    'l.a = r.a or (l.a = r.a) is not null',
    'l.a < r.a or (l.a < r.a) is null',
    'l.a <=> r.a or (l.a <=> r.a) is null',
    'l.a = r.a and (l.a = r.a) is null',
    'l.a = r.a or (l.a = r.a) is null or l.b = 5',
  ])
    t.false(isAware(on), on)
  t.false(isAware('l.a = r.a or (l.a = r.a) is null', 'left semi'))
})

test('rows of a union lie alike only when those of all of its inputs do', (t) => {
  const byA = 'select a, count(*) n from l group by a'
  const byB = 'select b, count(*) n from r group by b'
  const anyhow = 'select a, 1L n from r'
  const swapped = 'select cast(n as int) a, cast(a as bigint) n from (select a, count(*) n from l group by a)'
  /** How often rows are moved for the sum of a union. */
  const moved = (...inputs: readonly string[]): number => {
    const plan = explainPhysical(planOf(`select a, sum(n) from (${inputs.join(' union all ')}) group by a`))
    return plan.split('\n').filter((line) => line.includes('Exchange')).length
  }
  t.is(moved(byA, byB), 2)
  t.is(moved(byA, byB, byA), 3)
  for (const other of [anyhow, swapped, 'select 1 a, count(*) n from r']) {
    const ofOther = other.includes('count') ? 1 : 0
    for (const inputs of [
      [byA, byB, other],
      [byA, other, byB],
      [other, byA, byB],
    ])
      t.is(moved(...inputs), 3 + ofOther, inputs.join(' / '))
  }
})

test('a hint has the side sent that it names, unless rows of that side come out without a match', (t) => {
  const sent = (type: string, hinted: string): string => {
    const plan = planOf(`select /*+ broadcast(${hinted}) */ l.a from l ${type} join r on l.a = r.a`)
    const [join] = joinsOf(plan)
    if (!join!.broadcast) return 'none'
    return pathsOf(join!.inputs[1]).join()
  }
  const cases: Readonly<Record<string, readonly [l: string, r: string]>> = {
    inner: ['l', 'r'],
    left: ['none', 'r'],
    right: ['l', 'none'],
    full: ['none', 'none'],
    'left semi': ['none', 'r'],
    'left anti': ['none', 'r'],
  }
  for (const [type, expected] of Object.entries(cases)) t.deepEqual([sent(type, 'l'), sent(type, 'r')], expected, type)
})
