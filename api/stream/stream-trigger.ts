import { inspect } from 'node:util'
import { parseDurationMicros } from '../../common/config/units.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedText } from '../../common/errors/quoting.js'
import type { StreamTrigger } from '../../driver/index.js'

/** When batches of a stream begin: in intervals as `10 seconds`, or until all is read that is there at the start. */
export type Trigger = { readonly processingTime: string } | { readonly availableNow: true } | { readonly once: true }

/** The trigger as the driver takes it; `once` is `availableNow`, as Spark advises. @throws INVALID_API_USE, INVALID_INTERVAL_FORMAT */
export function streamTrigger(trigger: Trigger): StreamTrigger {
  const given: unknown = trigger
  const members = typeof given === 'object' && given !== null ? Object.entries(given) : []
  const [member, ...more] = members.filter(([, value]) => value !== undefined)
  if (!member || more.length > 0) throw noTrigger(given)
  const [name, value] = member
  if (name !== 'processingTime') {
    if (value !== true || !(name === 'availableNow' || name === 'once')) throw noTrigger(given)
    return { kind: 'availableNow' }
  }
  if (typeof value !== 'string') throw noTrigger(given)
  const micros = parseDurationMicros(value)
  if (micros === undefined || micros < 0n)
    throw new MillraceError('INVALID_INTERVAL_FORMAT', { input: quotedText(value) })
  return { kind: 'processingTime', intervalMs: Number(micros / 1000n) }
}

const noTrigger = (given: unknown): MillraceError =>
  new MillraceError('INVALID_API_USE', {
    reason: `A trigger is { processingTime: '10 seconds' }, { availableNow: true } or { once: true }, and ${inspect(given)} was given`,
  })
