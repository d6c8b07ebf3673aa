import { Decimal } from '../../columnar/decimal.js'
import { CalendarDate } from '../../columnar/times/calendar-date.js'
import { Timestamp } from '../../columnar/times/timestamp.js'
import type { Value } from '../../columnar/value-reader.js'
import { Variant } from '../../columnar/variant.js'
import { packVariant } from '../../columnar/variant-parts.js'
import { append } from '../../common/append.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { ConstantsWanted, type Evaluated, type KnownConstants } from '../../planner/analyze/constants/constants.js'
import { literal } from '../../planner/plan/expression/build.js'
import type { Attribute, Expression, ExprId } from '../../planner/plan/expression/expression.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import { canonicalText } from '../../planner/plan/expression/same.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'

/** Runs a query of one row. */
export type RunRow = (plan: LogicalPlan) => Promise<readonly Value[]>

/** Repeats an analysis until the engine has told it all the constants that it needs. @throws what the analysis raises */
export async function analyzedWithConstants(
  analyze: (known: KnownConstants) => LogicalPlan,
  run: RunRow,
): Promise<LogicalPlan> {
  const known = new Map<string, Evaluated>()
  for (;;) {
    try {
      return analyze(known)
    } catch (error) {
      if (!(error instanceof ConstantsWanted)) throw error
      for (const [text, result] of await evaluate(error.expressions, run)) known.set(text, result)
    }
  }
}

/** Computes expressions without columns: all in one job, or if one of them raises, each in its own. @throws what has another cause than their values */
export async function evaluate(expressions: readonly Expression[], run: RunRow): Promise<KnownConstants> {
  const different = new Map(expressions.map((e) => [canonicalText(e), e]))
  const all = [...different.values()]
  const together = all.length > 1 ? await evaluateTogether(all, run) : undefined
  const results = together ?? (await eachAlone(all, run))
  return new Map([...different.keys()].map((text, i) => [text, results[i]!]))
}

async function eachAlone(all: readonly Expression[], run: RunRow): Promise<readonly Evaluated[]> {
  const results: Evaluated[] = []
  for (const e of all) {
    try {
      append(results, valuesOf([e], await run(rowOf([e]))))
    } catch (error) {
      if (!isOfValues(error)) throw error
      results.push({ error })
    }
  }
  return results
}

async function evaluateTogether(all: readonly Expression[], run: RunRow): Promise<readonly Evaluated[] | undefined> {
  try {
    return valuesOf(all, await run(rowOf(all)))
  } catch (error) {
    if (isOfValues(error)) return undefined
    throw error
  }
}

/** Whether it is a condition of SQLSTATE's class of data exceptions. */
const isOfValues = (error: unknown): boolean =>
  error instanceof MillraceError && error.sqlState?.startsWith('22') === true

function valuesOf(all: readonly Expression[], row: readonly Value[]): readonly Evaluated[] {
  return all.map((e, i) => {
    const value = literalValue(row[i]!)
    return { value: value === undefined ? e : literal(e.type, value, e.origin) }
  })
}

/** Undefined for values of which there are no literals. */
function literalValue(value: Value): LiteralValue | undefined {
  if (value instanceof Decimal) return value.unscaled
  if (value instanceof Variant) return packVariant(value)
  if (value instanceof CalendarDate) return value.days
  if (value instanceof Timestamp) return value.micros
  return value === null || typeof value !== 'object' || value instanceof Uint8Array ? value : undefined
}

/** A table of one row, whose identities meet no others. */
function rowOf(expressions: readonly Expression[]): LogicalPlan {
  const output = expressions.map(
    ({ type, nullable }, i): Attribute => Object.freeze({ id: i as ExprId, name: `col${i + 1}`, type, nullable }),
  )
  return Object.freeze({ kind: 'values', rows: [expressions], output })
}
