import { MillraceError } from '../../common/errors/millrace-error.js'
import { fromTaggedJson, toTaggedJson } from '../../common/tagged-json.js'
import type { Expression } from '../plan/expression/expression.js'
import type { Stage } from '../plan/physical/plan.js'
import type { TaskInputs } from '../plan/physical/stage-parts.js'

/** Raised with every change to the plan's nodes that an older executor would misread. */
const PLAN_VERSION = 16

/** A stage as it travels to executors. Plans are plain data, so one codec serves all nodes; it keeps bigints, bytes and NaN. */
export const encodeStage = (stage: Stage): Uint8Array => encode(stage)

/** The inverse of `encodeStage`, deeply frozen. @throws PLAN_VERSION_MISMATCH, MALFORMED_MESSAGE */
export const decodeStage = (bytes: Uint8Array): Stage => decode(bytes) as Stage

/** What a task needs beside its stage, which is sent only once. */
export const encodeTaskInputs = (inputs: TaskInputs): Uint8Array => encode(inputs)

/** The inverse of `encodeTaskInputs`, deeply frozen. @throws PLAN_VERSION_MISMATCH, MALFORMED_MESSAGE */
export const decodeTaskInputs = (bytes: Uint8Array): TaskInputs => decode(bytes) as TaskInputs

/** An expression as a checkpoint keeps it. */
export const expressionText = (expression: Expression): string => textOf(expression)

/** The inverse of `expressionText`, deeply frozen. @throws UNSUPPORTED_FEATURE for the text of another version */
export function expressionOfText(text: string): Expression {
  const { version, plan } = fromTaggedJson(text) as { readonly version: number; readonly plan: Expression }
  if (version === PLAN_VERSION) return deepFreeze(plan)
  const feature = `an expression that a checkpoint keeps from another version of the engine (plans ${version}, now ${PLAN_VERSION})`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
}

const textOf = (plan: Stage | TaskInputs | Expression): string => toTaggedJson({ version: PLAN_VERSION, plan })

const encode = (plan: Stage | TaskInputs): Uint8Array => Buffer.from(textOf(plan), 'utf8')

function decode(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  let decoded: { readonly version?: unknown; readonly plan?: unknown } | null
  try {
    decoded = fromTaggedJson(text) as typeof decoded
  } catch (cause) {
    throw new MillraceError('MALFORMED_MESSAGE', { what: 'plan' }, { cause })
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
