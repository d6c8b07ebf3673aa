import type { Session } from '../../api/index.js'
import { parseStatement } from '../../api/statements/index.js'
import type { FormatName } from '../output/formats.js'
import { type OutputStream, writeResult, writeText } from '../output/write-result.js'

/** Where and how the results of statements go. */
export interface StatementOutput {
  readonly format: FormatName
  readonly stream: OutputStream
  /** Ends the output at once. */
  readonly signal?: AbortSignal
}

/**
 * Runs a statement and writes its result. A plan is a text of many lines, so as a table it goes out as it is.
 * @returns how many rows were written as such
 */
export async function runStatement(
  session: Session,
  statement: string,
  { format, stream, signal }: StatementOutput,
): Promise<number> {
  const { kind } = parseStatement(statement)
  const df = await session.runStatement(statement)
  if (kind !== 'explain' || format !== 'table') return await writeResult(df, format, stream, signal)
  const [row] = await df.collect()
  await writeText(`${(row as { readonly plan: string }).plan.trimEnd()}\n`, stream)
  return 0
}
