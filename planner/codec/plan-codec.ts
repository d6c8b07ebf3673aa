import { MillraceError } from '../../common/errors/millrace-error.js'
import { fromTaggedJson, toTaggedJson } from '../../common/tagged-json.js'
import type { Stage, TaskInputs } from '../plan/physical/plan.js'

/** Raised with every change to the plan's nodes that an older executor would misread. */
const PLAN_VERSION = 1

/** A stage with what a task of it needs, as it travels to executors. */
export interface TaskPlan {
  readonly stage: Stage
  readonly inputs: TaskInputs
}

/** Plans are plain data, so one codec serves all nodes; it keeps bigints, bytes and NaN. */
export function encodeTaskPlan(plan: TaskPlan): Uint8Array {
  return Buffer.from(toTaggedJson({ version: PLAN_VERSION, plan }), 'utf8')
}

/** The inverse of `encodeTaskPlan`, deeply frozen. @throws PLAN_VERSION_MISMATCH, INTERNAL_ERROR */
export function decodeTaskPlan(bytes: Uint8Array): TaskPlan {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  let decoded: { readonly version?: unknown; readonly plan?: TaskPlan }
  try {
    decoded = fromTaggedJson(text) as typeof decoded
  } catch (cause) {
    throw new MillraceError('INTERNAL_ERROR', { message: 'a plan that arrived is no JSON' }, { cause })
  }
  if (decoded.version !== PLAN_VERSION) {
    throw new MillraceError('PLAN_VERSION_MISMATCH', { expected: PLAN_VERSION, actual: String(decoded.version) })
  }
  return deepFreeze(decoded.plan!)
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
