import type { SerializedError } from '../common/errors/millrace-error.js'
import { fromTaggedJson, toTaggedJson } from '../common/tagged-json.js'
import type { TaskReport } from '../planner/plan/physical/task-report.js'
import { malformed } from './decoded.js'

/** What tasks say at their end, as JSON within messages (`proto/wire-codec.ts`). */
export const reportBytes = (report: TaskReport | SerializedError): Uint8Array => Buffer.from(toTaggedJson(report))

/** What the scheduler counts of each task: what is no number would break the sums of a whole job. */
const COUNTED = ['rowsRead', 'rowsWritten', 'bytesWritten', 'spilledBytes', 'elapsedMs'] as const

/** @throws MALFORMED_MESSAGE, and what parsing JSON throws */
export function reportOf(bytes: Uint8Array): TaskReport {
  const report = parsed(bytes)
  for (const name of COUNTED) if (!Number.isFinite(report[name])) throw malformed('report of a task')
  return report as unknown as TaskReport
}

/** @throws MALFORMED_MESSAGE, and what parsing JSON throws */
export function failureOf(bytes: Uint8Array): SerializedError {
  const error = parsed(bytes)
  const { condition, parameters } = error
  if (typeof condition !== 'string' || typeof parameters !== 'object' || parameters === null)
    throw malformed('error of a task')
  return error as unknown as SerializedError
}

function parsed(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const value = fromTaggedJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
  if (typeof value !== 'object' || value === null) throw malformed('report of a task')
  return value as Readonly<Record<string, unknown>>
}
