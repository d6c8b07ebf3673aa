import { parseDurationMicros } from '../../common/config/units.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedText } from '../../common/errors/quoting.js'
import type { StreamTrigger } from '../../driver/index.js'
import type { Trigger } from '../engine/engine.js'

/** The trigger as the driver takes it; `once` is `availableNow`, as Spark advises. @throws INVALID_INTERVAL_FORMAT */
export function streamTrigger(trigger: Trigger): StreamTrigger {
  if (!('processingTime' in trigger)) return { kind: 'availableNow' }
  const micros = parseDurationMicros(trigger.processingTime)
  if (micros === undefined || micros < 0n) {
    throw new MillraceError('INVALID_INTERVAL_FORMAT', { input: quotedText(trigger.processingTime) })
  }
  return { kind: 'processingTime', intervalMs: Number(micros / 1000n) }
}
