import test from 'ava'
import { explainLogical } from '../../planner/explain/explain-logical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { inputsOf, transformPlanUp } from '../../planner/plan/logical/transform.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'

const table = (name: string, ddl: string, rows: number) => ({
  ...{ provider: 'parquet', options: {}, paths: [name], schema: parseSchema(ddl) },
  statistics: { rows, bytes: rows * 20 },
})
const chain = Array.from({ length: 12 }, (_, i) => table(`t${i}`, `c${i} int, c${i + 1} int`, 1_000 + ((i * 7) % 12)))
const catalog = catalogOf({
  l: table('l', 'k int, a int, b int', 1_000),
  r: table('r', 'k int, x int, y int', 1_000),
  ...Object.fromEntries(chain.map((one, i) => [`t${i}`, one])),
})
const optimized = (sql: string): string => explainLogical(optimize(analyzed(sql, catalog)))

/** Which sides of a join get their own condition before it. */
function filtered(join: string, on: string, where: string): string {
  const plan = optimized(`select l.k from l ${join} join r on l.k = r.k ${on} ${where && `where ${where}`}`)
  return `${/filters: \[[^\]]*a > 2/.test(plan) ? 'l' : ''}${/filters: \[[^\]]*x > 1/.test(plan) ? 'r' : ''}`
}

// Rows without a match do not meet a condition of the side that they have no columns of: then the join keeps none of them.
test('each kind of join has WHERE and ON filter before it the sides whose rows that leaves as they are', (t) => {
  const sides: Readonly<Record<string, readonly [where: string, on: string]>> = {
    inner: ['lr', 'lr'],
    left: ['lr', 'r'],
    right: ['lr', 'l'],
    full: ['lr', ''],
    'left semi': ['l', 'lr'],
    'left anti': ['l', 'r'],
  }
  for (const [join, [where, on]] of Object.entries(sides)) {
    t.is(filtered(join, 'and l.a > 2 and r.x > 1', ''), on, `${join} ON`)
    t.is(filtered(join, '', 'l.a > 2'), where.includes('l') ? 'l' : '', `${join} WHERE`)
    if (!/semi|anti/.test(join)) t.is(filtered(join, '', 'r.x > 1'), where.includes('r') ? 'r' : '', `${join} WHERE`)
  }
})

test('a condition of a key and something else stays above what makes that', (t) => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['Aggregate', 'select k, count(*) n from l group by k', 'k + n > 3'],
    ['Window', 'select k, a, rank() over (partition by k order by b) n from l', 'k + n > 3'],
    ['Window', 'select k, a, rank() over (partition by k order by b) n from l', 'k + a > 3'],
    ['Expand', 'select k, a, count(*) n from l group by grouping sets ((k, a), (k))', 'k + a > 3'],
    ['Generate|Explode|Replicate', 'select k, n from l lateral view explode(sequence(1, a)) e as n', 'k + n > 3'],
  ]
  for (const [operator, sql, condition] of cases) {
    const alone = optimized(`select * from (${sql}) q where ${condition}`)
    const below = new RegExp(`(${operator})[^\\n]*\\n([^\\n]*\\n)*[^\\n]*Filter`)
    t.notRegex(alone, below, alone)
    t.regex(alone, new RegExp(`Filter[^\\n]*\\n([^\\n]*\\n)*[^\\n]*(${operator})`))
    const beside = optimized(`select * from (${sql}) q where ${condition} and k = 3`)
    t.regex(beside, /filters: \[k = 3\]/, beside)
    t.regex(beside, new RegExp(`Filter[^\\n]*3\\)[^\\n]*\\n([^\\n]*\\n)*[^\\n]*(${operator})`), beside)
  }
})

test('comparisons of constants are what they are of rows, below, at and above equality', (t) => {
  const folded = (expression: string): string => /\[(.*) AS z#/.exec(optimized(`select ${expression} z from l`))![1]!
  const holds: Readonly<Record<string, readonly [less: boolean, equal: boolean, more: boolean]>> = {
    '<': [true, false, false],
    '<=': [true, true, false],
    '=': [false, true, false],
    '>=': [false, true, true],
    '>': [false, false, true],
    '<>': [true, false, true],
  }
  const ordered = [
    ['1', '2'],
    ['-1', '0'],
    ['9223372036854775806', '9223372036854775807'],
    ['1.25', '1.26'],
    ["date '1969-12-31'", "date '1970-01-01'"],
    ['false', 'true'],
  ] as const
  for (const [low, high] of ordered)
    for (const [operator, [less, equal, more]] of Object.entries(holds)) {
      t.is(folded(`${low} ${operator} ${high}`), String(less))
      t.is(folded(`${low} ${operator} ${low}`), String(equal))
      t.is(folded(`${high} ${operator} ${low}`), String(more))
    }
})

test('casts of constants are made while planning, up to the last digit that their type holds', (t) => {
  const folded = (expression: string): string => /\[(.*) AS z#/.exec(optimized(`select ${expression} z from l`))![1]!
  t.is(folded('cast(999 as decimal(5, 2))'), '999.00')
  t.is(folded('cast(-7 as decimal(5, 2))'), '-7.00')
  t.regex(folded('cast(1000 as decimal(5, 2))'), /^CAST/)
  t.regex(folded('cast(-1000 as decimal(5, 2))'), /^CAST/)
  t.is(folded('cast(9.994 as decimal(3, 2))'), '9.99')
  t.regex(folded('cast(9.995 as decimal(3, 2))'), /^CAST/)
  t.notRegex(folded('cast(1.25 as double)'), /CAST/)
  t.notRegex(folded('cast(7 as double)'), /CAST/)
})

test('what is observed is computed however much lies between it and a condition that no row meets', (t) => {
  const observed = (plan: LogicalPlan): LogicalPlan =>
    transformPlanUp(plan, (node) =>
      node.kind === 'scan'
        ? Object.freeze({ kind: 'observe', input: node, name: 'm', instance: 'm', aggregates: [], metrics: [] })
        : node,
    )
  const isRead = (plan: LogicalPlan): boolean => plan.kind === 'observe' || inputsOf(plan).some(isRead)
  for (const sql of [
    'select k from l where false',
    'select k from (select k from (select k, a from l order by a limit 5) group by k) where 1 = 2',
    'select l.k from (select distinct k from l) l join r on false',
  ])
    t.true(isRead(optimize(observed(analyzed(sql, catalog)))), sql)
  t.false(isRead(optimize(analyzed('select k from l where false', catalog))))
})

test('a chain of more relations than are tried in every order has no product in it', (t) => {
  const from = chain.map((_, i) => `t${i}`).join(', ')
  const where = chain.slice(1).map((_, i) => `t${i}.c${i + 1} = t${i + 1}.c${i + 1}`)
  const plan = optimized(`select t0.c0 from ${from} where ${where.join(' and ')}`)
  const joins = plan.split('\n').filter((line) => line.includes('Join '))
  t.is(joins.length, 11)
  for (const join of joins) t.regex(join, /Join Inner, \(c\d+#\d+ = c\d+#\d+\)/)
})
