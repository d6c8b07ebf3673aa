import test from 'ava'
import type { Session } from '../../api/index.js'
import { type DataType, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { literalText } from '../../planner/plan/expression/literal-text.js'
import { withSession } from '../support/sessions.js'
import { sparkData } from '../support/spark-data.js'

/** An expression with its type and value as text, or the condition it raises. */
type Answer =
  | readonly [sql: string, type: string, value: string | null]
  | readonly [sql: string, type: null, condition: string | null, parameters: Readonly<Record<string, string>>]

async function evaluate(session: Session, sql: string): Promise<{ readonly type: string; readonly value: unknown }> {
  const frame = session.sql(`select (${sql}) v`)
  const type: DataType = (await frame.schema()).fields[0]!.type
  if (type.kind === 'interval_ym' || type.kind === 'interval_dt') {
    const [row] = await frame.collect()
    const value = row!['v'] as number | bigint | null
    return { type: typeName(type), value: value === null ? null : literalText(type, value) }
  }
  const [row] = await session.sql(`select cast((${sql}) as string) v`).collect()
  return { type: typeName(type), value: row!['v'] }
}

async function answerOf(session: Session, sql: string): Promise<string> {
  try {
    const { type, value } = await evaluate(session, sql)
    return `${type}: ${value}`
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    // What is not built is told by name; any answer but Spark's would be wrong.
    return /^UNSUPPORTED_/.test(error.condition) ? 'not built' : error.condition
  }
}

/** Spark raises some of Java's own exceptions, which have no condition; ours all do. */
const expectedOf = (answer: Answer): string =>
  answer[1] === null ? (answer[2] ?? 'an error') : `${answer[1]}: ${answer[2]}`

const CONDITION = /^[A-Z_]+(\.[A-Z_]+)?$/

function differs(actual: string, expected: string): boolean {
  if (actual === 'not built') return false
  return expected === 'an error' ? !CONDITION.test(actual) : actual !== expected
}

for (const topic of ['casts', 'intervals', 'datetimes', 'datetime-functions', 'strings', 'json-functions']) {
  test(`${topic} give the values, types and conditions that Spark gives`, async (t) => {
    const wrong: string[] = []
    await withSession('local[1]', async (session) => {
      for (const answer of sparkData<Answer>(topic)) {
        const [actual, expected] = [await answerOf(session, answer[0]), expectedOf(answer)]
        if (differs(actual, expected)) wrong.push(`${answer[0]} → ${actual}, not ${expected}`)
      }
    })
    t.deepEqual(wrong, [])
  })
}
