import type { WriteDescription } from '../../connectors/api.js'
import type { IdGenerator } from '../../planner/analyze/id-generator.js'
import type { AnalysisSession } from '../../planner/analyze/session.js'
import { dividedRows } from '../../planner/analyze/sources/partitioned-rows.js'
import { linesOfRows, type SinkRows } from '../../planner/analyze/text-formats/lines-of-rows.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { evaluate, type RunRow } from '../engine/constants.js'
import type { StreamRequest, WriteRequest } from '../engine/engine.js'

/** What the rows of a write are made ready with. */
export interface WriteContext {
  readonly nextId: IdGenerator
  readonly session: AnalysisSession
  readonly oneRow: RunRow
}

/** The rows as they are written, and what a connector is told of the write, of which no other has the job's id. */
export async function describeWrite(
  rows: LogicalPlan,
  { format, options, path, mode, partitionBy = [], buckets, replaces }: WriteRequest,
  context: WriteContext,
): Promise<{ readonly analyzed: LogicalPlan; readonly write: WriteDescription }> {
  const divided = dividedRows(rows, { partitionBy, buckets }, context.nextId)
  const written = await sinkRows({ ...divided, format, options }, context)
  const write: WriteDescription = {
    provider: written.format,
    options: written.options,
    ...(path === undefined ? {} : { path }),
    mode,
    schema: written.schema,
    jobId: crypto.randomUUID(),
    ...(partitionBy.length > 0 ? { partitionBy: partitionBy.map(({ name }) => name) } : {}),
    ...(buckets ? { isInBuckets: true as const } : {}),
    ...(replaces ? { replaces } : {}),
  }
  return { analyzed: written.analyzed, write }
}

/** The rows of a stream as its sink takes them. */
export async function describeStream(
  rows: LogicalPlan,
  request: StreamRequest,
  context: WriteContext,
): Promise<{ readonly analyzed: LogicalPlan; readonly request: StreamRequest }> {
  const { sink } = request
  const partitionBy = (sink.partitionBy ?? []).map((name) => ({ name }))
  const divided = dividedRows(rows, { partitionBy }, context.nextId)
  const { analyzed, format, options } = await sinkRows({ ...divided, ...sink }, context)
  return { analyzed, request: { ...request, sink: { ...sink, format, options } } }
}

async function sinkRows(rows: SinkRows, { nextId, session, oneRow }: WriteContext): Promise<SinkRows> {
  const lines = linesOfRows(rows, nextId, session)
  if (!lines.header) return lines
  const [known] = (await evaluate([lines.header], oneRow)).values()
  if (known && 'error' in known) throw known.error
  const value = known?.value
  const header = value?.kind === 'literal' && value.value !== null ? String(value.value) : ''
  return { ...lines, options: { ...lines.options, 'lines.header': header } }
}
