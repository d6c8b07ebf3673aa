import type { Session } from '../api/index.js'
import { parseStatement } from '../api/statements/index.js'
import { type OutputFormat, type OutputStream, writeResult, writeText } from './output.js'

/** Where and how the results of statements go. */
export interface StatementOutput {
  readonly format: OutputFormat
  readonly stream: OutputStream
  /** Ends the output at once. */
  readonly signal?: AbortSignal
}

/** Runs a statement and writes its result. A plan is a text of many lines, so as a table it goes out as it is. */
export async function runStatement(session: Session, statement: string, output: StatementOutput): Promise<void> {
  const { kind } = parseStatement(statement)
  const df = await session.runStatement(statement)
  if (kind === 'explain' && output.format === 'table') {
    const [row] = await df.collect()
    await writeText(`${(row as { readonly plan: string }).plan.trimEnd()}\n`, output.stream)
  } else await writeResult(df, output.format, output.stream, output.signal)
}
