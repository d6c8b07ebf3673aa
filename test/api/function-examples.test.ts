import test from 'ava'
import { Session } from '../../api/index.js'
import { AGGREGATES } from '../../planner/analyze/functions/aggregates/index.js'
import type { FunctionHelp } from '../../planner/analyze/functions/definition.js'
import { FAMILIES } from '../../planner/analyze/functions/registry.js'
import { GENERATORS, TABLE_GENERATORS } from '../../planner/analyze/generators/registry.js'

type Described = Readonly<Record<string, { readonly help?: FunctionHelp }>>

const TABLES: readonly Described[] = [
  AGGREGATES,
  GENERATORS,
  TABLE_GENERATORS,
  ...FAMILIES.map(([, functions]) => functions),
]

const EXAMPLES = TABLES.flatMap((table) => Object.entries(table)).flatMap(([name, { help }]) =>
  (help?.examples ?? []).map(([sql, result]) => ({ name, sql, result })),
)

test('every example of a function gives the result that is told with it, which is what Spark answers', async (t) => {
  const session = await Session.builder().master('local[1]').config('log.level', 'silent').getOrCreate()
  t.teardown(() => session.stop())
  t.timeout(120_000)
  for (const { name, sql, result } of EXAMPLES) {
    const query = /^(select|with|from|values)\b/i.test(sql) ? sql : `SELECT ${sql}`
    const shown = await session
      .sql(query)
      .showString(20, false)
      .catch((error: Error) => error.message)
    t.is(cellsOf(shown), result, `${name}: ${sql}`)
  }
})

/** The cells of a table that `show` prints: of a row by commas, rows by line breaks. */
function cellsOf(shown: string): string {
  const lines = shown.split('\n').filter((line) => line.startsWith('|'))
  if (lines.length === 0) return shown
  return lines
    .slice(1)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim())
        .join(', '),
    )
    .join('\n')
}
