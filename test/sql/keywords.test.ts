import { readFileSync } from 'node:fs'
import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { parseQuery } from '../../planner/sql/query.js'

interface Answers {
  readonly keywords: readonly string[]
  readonly statements: readonly {
    readonly sql: string
    readonly refused: readonly string[]
    readonly special: readonly string[]
  }[]
}

const ANSWERS = JSON.parse(
  readFileSync(new URL('../../../test/data/spark/keywords.json', import.meta.url), 'utf8'),
) as Answers

/**
 * Where a keyword is a name for Spark and something else here, on purpose: what it begins is read, or refused, as what it nearly always is. Names of
 * functions that are called with a unit alone are marked as those of no function of the engine.
 */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'select 1 + {} from t1 where {} > 1 group by {} order by {}': ['ALL'],
  'select {}(x1) from t1': ['CAST', 'TRY_CAST', 'EXTRACT', 'POSITION', 'TIMESTAMPADD', 'TIMESTAMPDIFF'],
  'select case when {} then {} else {} end from t1': ['CASE', 'NOT', 'WHEN'],
}

/** Written in a way that no word of a plan has. */
const written = (keyword: string): string => keyword.slice(0, 1).toLowerCase() + keyword.slice(1).toUpperCase()

/** The plan without the places in the text and with one name for the keyword, so that plans of different keywords can be compared. */
function planOf(sql: string, keyword: string): string {
  const called = sql.includes('{}(')
  return JSON.stringify(parseQuery(sql.replaceAll('{}', written(keyword))), (key, value: unknown) => {
    if (key === 'origin') return undefined
    if (value === written(keyword) || (called && key === 'name' && value === keyword.toLowerCase())) return '{}'
    return typeof value === 'bigint' ? String(value) : value
  })
}

function outcome(sql: string, keyword: string): string {
  try {
    return planOf(sql, keyword)
  } catch (error) {
    return MillraceError.is(error) ? error.condition : String(error)
  }
}

for (const { sql, refused, special } of ANSWERS.statements) {
  test(`each of Spark's keywords is a name, or refused as one, where it is in Spark: ${sql}`, (t) => {
    t.is(ANSWERS.keywords.length, 444)
    const expected = planOf(sql, 'ZZZ')
    const isTold = (keyword: string): boolean =>
      special.includes(keyword) || EXCEPTIONS[sql]?.includes(keyword) === true
    const wrong = ANSWERS.keywords
      .filter((keyword) => !isTold(keyword))
      .map((keyword) => ({
        keyword,
        actual: outcome(sql, keyword),
        expected: refused.includes(keyword) ? 'PARSE_SYNTAX_ERROR' : expected,
      }))
      .filter((told) => told.actual !== told.expected)
    t.deepEqual(wrong, [])
  })
}
