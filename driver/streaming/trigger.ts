/** When a streaming query runs its batches. */
export type Trigger =
  /** A batch every so often; at once after one that took longer. 0, the default, as soon as there is data. */
  | { readonly kind: 'processingTime'; readonly intervalMs: number }
  /** All that is there at the start, in as many batches as the limits ask for, then the query ends. */
  | { readonly kind: 'availableNow' }

/** How often a source is asked for news when nothing else sets the pace; Spark's `streaming.pollingDelay`. */
const POLLING_DELAY_MS = 10

/**
 * How long to wait before the next batch, after one that began at `startedMs` and had data or not.
 * Intervals count from multiples of the interval, as in Spark, so that a late batch does not shift the later ones.
 */
export function delayBeforeNextBatchMs(trigger: Trigger, startedMs: number, hadData: boolean, nowMs: number): number {
  if (trigger.kind === 'availableNow') return 0
  const { intervalMs } = trigger
  if (intervalMs === 0) return hadData ? 0 : POLLING_DELAY_MS
  const next = (Math.floor(startedMs / intervalMs) + 1) * intervalMs
  return Math.max(0, next - nowMs)
}
