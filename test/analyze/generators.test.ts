import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { analyzed } from '../support/analysis.js'
import { withSession } from '../support/sessions.js'

/** What a refused query is told. */
function refusal(sql: string): string {
  try {
    analyzed(sql)
    return 'nothing'
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    return `${error.condition} ${Object.values(error.parameters).join(' | ')}`
  }
}

const FROM = "from values (1, '{}') as t(x, js)"

for (const [what, sql, expected] of [
  [
    'of more rows than code is made for',
    'select stack(1001, 1)',
    'UNSUPPORTED_FEATURE stack() of 1001 rows; there may be 1000',
  ],
  ['in a LIMIT', `select x ${FROM} limit stack(1, 1)`, 'UNSUPPORTED_FEATURE the function stack here'],
  [
    'within another expression',
    `select upper(stack(1, js)) ${FROM}`,
    'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS "upper(stack(1, js))"',
  ],
  [
    'within another one in FROM',
    'select * from stack(1, stack(1, 1))',
    'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS "stack(1, stack(1, 1))"',
  ],
  [
    'within another one in LATERAL VIEW',
    `select 1 ${FROM} lateral view stack(1, stack(1, x)) s`,
    'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS "stack(1, stack(1, x))"',
  ],
  [
    'in WHERE',
    `select x ${FROM} where stack(1, x) > 1`,
    "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT 'Filter (stack(1, x) > 1)",
  ],
  [
    'in VALUES',
    'values (stack(1, 1))',
    'INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE "stack(1, 1)"',
  ],
  [
    'over windows',
    `select stack(1, row_number() over (order by x)) ${FROM}`,
    'UNSUPPORTED_EXPR_FOR_OPERATOR Project | "row_number() OVER (ORDER BY x ASC NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"',
  ],
  ['with too few names', 'select stack(1, 1, 2) as (a)', 'UDTF_ALIAS_NUMBER_MISMATCH 2 | a'],
] as const)
  test(`a generator ${what} is refused`, (t) => {
    t.is(refusal(sql), expected)
  })

test('what a lateral join makes of each row keeps its order', async (t) => {
  await withSession('local[1]', async (session) => {
    const sql = 'select x, v from range(3) t(x), lateral (select v from stack(2, x, x * 10) s(v)) where x > 0'
    const rows = await session.sql(sql).collect()
    t.deepEqual(
      rows.map(({ x, v }) => [x, v]),
      [
        [1n, 1n],
        [1n, 10n],
        [2n, 2n],
        [2n, 20n],
      ],
    )
  })
})
