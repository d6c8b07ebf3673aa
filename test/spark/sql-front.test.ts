import { readFileSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'
import { Session } from '../../api/index.js'
import { typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'

/** What Spark answers: columns (and rows, as text, where these are of simple types), or a condition. */
interface Answer {
  readonly sql: string
  readonly columns?: readonly (readonly [name: string, type: string])[]
  readonly rows?: readonly (readonly (string | null)[])[]
  readonly condition?: string
  readonly sqlState?: string
  readonly parameters?: Readonly<Record<string, string>>
}

const answersIn = (file: string): readonly Answer[] =>
  readFileSync(new URL(`../../../test/data/spark/${file}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer)

/** Where Spark's documentation is; no parameter that says anything of the query. */
const IGNORED_PARAMETER = 'docroot'

async function answerOf(session: Session, { sql, rows, parameters = {} }: Answer): Promise<Answer> {
  try {
    const df = await session.runStatement(sql)
    const { fields } = await df.schema()
    const columns = fields.map(({ name, type }) => [name, typeName(type)] as const)
    const collected = await df.collect()
    if (!rows || new Set(fields.map(({ name }) => name)).size < fields.length)
      return { sql, columns, ...(rows ? { rows } : {}) }
    const texts = collected.map((row) =>
      fields.map(({ name }) => {
        const value: unknown = (row as Readonly<Record<string, unknown>>)[name]
        return value === null ? null : String(value)
      }),
    )
    return { sql, columns, rows: texts }
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    const known = Object.keys(parameters).map((key) => [key, error.parameters[key] ?? 'missing'])
    return { sql, condition: error.condition, sqlState: error.sqlState, parameters: Object.fromEntries(known) }
  }
}

const TITLES = {
  'sql-front': 'names, literals, columns of results and conditions with their parameters are those of Spark',
  clauses:
    'ORDER BY, HAVING, LIMIT, OFFSET, queries without FROM and subqueries have the columns, rows and conditions of Spark',
  overflows: 'what values raise while a query runs has the conditions and parameters of Spark',
  'set-operations': 'rows written in a query and set operations have the columns, rows and conditions of Spark',
}

for (const [file, title] of Object.entries(TITLES)) test.serial(title, sameAnswers, answersIn(file))

async function sameAnswers(t: ExecutionContext, answers: readonly Answer[]): Promise<void> {
  t.true(answers.length > 50)
  await using session = await Session.builder().master('local[1]').config('log.level', 'error').getOrCreate()
  for (const answer of answers) {
    const { [IGNORED_PARAMETER]: _, ...parameters } = answer.parameters ?? {}
    const expected = answer.parameters ? { ...answer, parameters } : answer
    t.deepEqual(await answerOf(session, expected), expected, answer.sql)
  }
}
