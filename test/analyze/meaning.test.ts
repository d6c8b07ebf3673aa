import test from 'ava'
import fc from 'fast-check'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { analyze } from '../../planner/analyze/analyze.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import { parseExpression } from '../../planner/sql/expressions.js'
import { parseSchema } from '../../planner/sql/types.js'
import { catalogOf, idGenerator } from '../support/analysis.js'
import type { Cell } from '../support/cells.js'
import { evaluateProjection } from '../support/evaluate-sql.js'
import { anyExpression } from '../support/sensible-expressions.js'

const COLUMNS =
  'i int, l bigint not null, f float, d double, m decimal(12,2), s string, b boolean not null, day date, at timestamp, st struct<x: int, y: string>'
const schema = parseSchema(COLUMNS)
const catalog = catalogOf({ t: { provider: 'parquet', options: {}, paths: ['t'], schema } })

const ROWS: readonly (readonly Cell[])[] = [
  [3, 4n, 1.5, 2.5, 150n, '7', true, 19_000, 1_700_000_000_000_000n, [1, 'z']],
  [null, -9n, null, null, null, null, false, null, null, null],
  [-2_147_483_648, 9_223_372_036_854_775_807n, -0, Number.NaN, -999_999_999_999n, ' ä ', true, -1, -1n, [null, null]],
]

function project(expression: UnresolvedExpression): LogicalPlan {
  return analyze(
    { kind: 'project', input: { kind: 'table', name: ['t'] }, expressions: [expression] },
    catalog,
    idGenerator(),
  )
}

/** The value in each row, or the condition it raises. */
function valuesOf(plan: LogicalPlan): readonly Cell[] {
  // A projection of one column alone is optimized into the scan of it.
  const scan = plan.kind === 'project' ? plan.input : plan
  const positions = outputOf(scan).map((a) => schema.fields.findIndex((f) => f.name === a.name))
  const rows = ROWS.map((row) => positions.map((position) => row[position]!))
  if (plan.kind !== 'project') return rows.map((row) => row[0]!)
  return evaluateProjection(plan, rows).map((o) => ('error' in o ? o.error.condition : o.value))
}

const firstValue = (sql: string): Cell => valuesOf(project(parseExpression(sql)))[0]!

test('expressions mean in Spark what they mean here, coercions included', (t) => {
  const cases: readonly (readonly [string, Cell])[] = [
    ['i / 2', 1.5],
    ['i div 2', 1n],
    ["'10' + i", 13n],
    ['s = 7', true],
    ["s < '10'", false],
    ['m * 2', 300n],
    ['m / 4', 375_000n],
    ['l + m', 550n],
    ["day + 1 = '2022-01-09'", true],
    ["day between '2022-01-01' and date '2022-01-31'", true],
    ['day < at', true],
    ["at - interval '90' minute < at", true],
    ['i in (1, 2.5, 3L)', true],
    ['i not in (1, null)', null],
    ["s || i || '-' || m", '73-1.50'],
    ['coalesce(null, s, 1)', 7n],
    ["nvl2(i, 'a', 'b')", 'a'],
    ['nullif(i, 3)', null],
    ["case s when 7 then 'seven' else 'other' end", 'seven'],
    ['if(i > 2 and not b is null, 1, 2.5)', 10n],
    ["left('Straße', 5)", 'Straß'],
    ["substring(s || 'abc' from -2)", 'bc'],
    ['extract(year from at)', 2023],
    ['datediff(at, day)', 675],
    ["st.y like '_'", true],
    ['struct(i as a, s)', [3, '7']],
    ["named_struct('p', l).p", 4n],
    ["window(at, '10 seconds').start", 1_700_000_000_000_000n],
    ["int('12') + bigint('30')", 42n],
    ["try_cast(s || 'x' as int)", null],
    ["cast(s || 'x' as int)", 'CAST_INVALID_INPUT'],
    ['i % 0', 'REMAINDER_BY_ZERO'],
    ['i + 2147483647', 'ARITHMETIC_OVERFLOW'],
  ]
  for (const [sql, value] of cases) t.deepEqual(firstValue(sql), value, sql)
})

/** Whether two outcomes agree; one that raises may be better off optimized. */
const agrees = (plain: Cell, optimized: Cell): boolean =>
  Object.is(plain, optimized) || (typeof plain === 'string' && /^[A-Z_.]{8,}$/.test(plain))

test('what is said never to be NULL never is, and optimized expressions give the same', (t) => {
  let compared = 0
  fc.assert(
    fc.property(anyExpression, (expression) => {
      let plan: LogicalPlan
      try {
        plan = project(expression)
      } catch (error) {
        if (MillraceError.is(error)) return
        throw error
      }
      const plain = valuesOf(plan)
      if (plan.kind === 'project' && !plan.projections[0]!.expression.nullable && plain.includes(null))
        throw new Error('NULL of an expression that is not nullable')
      const better = valuesOf(optimize(plan))
      plain.forEach((value, row) => {
        if (!agrees(value, better[row]!)) throw new Error(`row ${row}: ${value} became ${better[row]}`)
      })
      compared++
    }),
    { numRuns: 400, seed: 14 },
  )
  t.true(compared > 200, `only ${compared} expressions were compared`)
})
