import { MillraceError } from '../../common/errors/millrace-error.js'
import { fromTaggedJson, toTaggedJson } from '../../common/tagged-json.js'
import type { Stage } from '../plan/physical/plan.js'
import type { TaskInputs } from '../plan/physical/stage-parts.js'

/** Raised with every change to the plan's nodes that an older executor would misread. */
const PLAN_VERSION = 13

/** A stage as it travels to executors. Plans are plain data, so one codec serves all nodes; it keeps bigints, bytes and NaN. */
export const encodeStage = (stage: Stage): Uint8Array => encode(stage)

/** The inverse of `encodeStage`, deeply frozen. @throws PLAN_VERSION_MISMATCH, INTERNAL_ERROR */
export const decodeStage = (bytes: Uint8Array): Stage => decode(bytes) as Stage

/** What a task needs beside its stage, which is sent only once. */
export const encodeTaskInputs = (inputs: TaskInputs): Uint8Array => encode(inputs)

/** The inverse of `encodeTaskInputs`, deeply frozen. @throws PLAN_VERSION_MISMATCH, INTERNAL_ERROR */
export const decodeTaskInputs = (bytes: Uint8Array): TaskInputs => decode(bytes) as TaskInputs

function encode(plan: Stage | TaskInputs): Uint8Array {
  return Buffer.from(toTaggedJson({ version: PLAN_VERSION, plan }), 'utf8')
}

function decode(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  let decoded: { readonly version?: unknown; readonly plan?: unknown } | null
  try {
    decoded = fromTaggedJson(text) as typeof decoded
  } catch (cause) {
    throw new MillraceError('INTERNAL_ERROR', { message: 'a plan that arrived is no JSON' }, { cause })
  }
  if (decoded?.version !== PLAN_VERSION) {
    throw new MillraceError('PLAN_VERSION_MISMATCH', { expected: PLAN_VERSION, actual: String(decoded?.version) })
  }
  return deepFreeze(decoded.plan)
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
