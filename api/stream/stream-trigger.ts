import { parseDurationMicros } from '../../common/config/units.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedText } from '../../common/errors/quoting.js'
import type { StreamTrigger } from '../../driver/index.js'

/** When batches of a stream begin: in intervals as `10 seconds`, or until all is read that is there at the start. */
export type Trigger = { readonly processingTime: string } | { readonly availableNow: true } | { readonly once: true }

const TRIGGERS: ReadonlySet<string> = new Set(['processingTime', 'availableNow', 'once'])

/** The trigger as the driver takes it; `once` is `availableNow`, as Spark advises. @throws INVALID_API_USE, INVALID_INTERVAL_FORMAT */
export function streamTrigger(trigger: Trigger): StreamTrigger {
  const named = Object.keys(trigger)
  if (named.length !== 1 || !TRIGGERS.has(named[0]!)) {
    const given = named.length === 0 ? 'none' : named.join(', ')
    throw new MillraceError('INVALID_API_USE', {
      reason: `A trigger is one of ${[...TRIGGERS].join(', ')}, and ${given} was given`,
    })
  }
  if (!('processingTime' in trigger)) return { kind: 'availableNow' }
  const micros = parseDurationMicros(trigger.processingTime)
  if (micros === undefined || micros < 0n) {
    throw new MillraceError('INVALID_INTERVAL_FORMAT', { input: quotedText(trigger.processingTime) })
  }
  return { kind: 'processingTime', intervalMs: Number(micros / 1000n) }
}
