import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js'
import {
  deserializeError,
  type MillraceError,
  type SerializedError,
  serializeError,
} from '../../common/errors/millrace-error.js'
import { fromTaggedJson, toTaggedJson } from '../../common/tagged-json.js'
import { malformed } from '../decoded.js'

const KEY = 'millrace-error-bin'
/** Headers are small: parameters are cut to this, and causes left out where they do not fit. */
const MAX_PARAMETER_CHARS = 1_024
const MAX_STATUS_BYTES = 8 * 1024

/** The status that ends a call with an error, which stays typed: the condition travels in the trailers. */
export function statusOf(error: unknown): Pick<StatusObject, 'code' | 'details' | 'metadata'> {
  const { stack: _, cause, ...own } = serializeError(error)
  const parameters = Object.fromEntries(Object.entries(own.parameters).map(([key, text]) => [key, shortened(text)]))
  const short: SerializedError = { ...own, parameters }
  const whole = cause ? { ...short, cause: { condition: cause.condition, parameters: cause.parameters } } : short
  const least: SerializedError = { condition: own.condition, parameters }
  const metadata = new Metadata()
  const texts = [whole, least].map((one) => Buffer.from(toTaggedJson(one)))
  const bytes = texts.find((text) => text.length <= MAX_STATUS_BYTES)
  if (bytes) metadata.set(KEY, bytes)
  return { code: status.ABORTED, details: own.condition, metadata }
}

const shortened = (text: string): string =>
  text.length <= MAX_PARAMETER_CHARS ? text : `${text.slice(0, MAX_PARAMETER_CHARS)}…`

/** The condition that a call ended with. Undefined when the call was not ended by one of ours: the connection broke, or a limit did. */
export function conditionOf(error: ServiceError): MillraceError | undefined {
  const [bytes] = error.metadata?.get(KEY) ?? []
  if (bytes === undefined) return undefined
  try {
    return deserializeError(fromTaggedJson(bytes.toString()) as SerializedError)
  } catch (cause) {
    return malformed('status of a call', cause)
  }
}
