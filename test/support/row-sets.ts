import type { Session } from '../../api/index.js'
import { Decimal } from '../../columnar/decimal.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { parseQuery } from '../../planner/sql/query.js'

/** The rows that a session answers a query with, as tuples. */
export async function queriedRows(session: Session, sql: string): Promise<unknown[][]> {
  const { schema, blocks } = await session.engine.execute(parseQuery(sql))
  const rows: unknown[][] = []
  for await (const block of blocks) for (const row of tuplesFromBlock(schema, block)) rows.push(row)
  return rows
}

/** Rows as a set, their values as texts that do not tell types of numbers apart. */
export function rowsAsSet(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row.map(textOf))).toSorted()
}

function textOf(value: unknown): string | null {
  if (value === null) return null
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  const text = value instanceof Decimal ? value.toString() : String(value)
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '').replace(/^-0$/, '0') : text
}
