import type { RateOptions } from './options.js'

/** How many numbers have come after so many seconds: while the rate rises, each second has as many more than the one before, and less than the full rate. */
export function valueAt(
  seconds: number,
  { rowsPerSecond, rampUpSeconds }: Pick<RateOptions, 'rowsPerSecond' | 'rampUpSeconds'>,
): number {
  const rising = Math.min(seconds, rampUpSeconds)
  const morePerSecond = Math.floor(rowsPerSecond / (rampUpSeconds + 1))
  return morePerSecond * ((rising * (rising + 1)) / 2) + (seconds - rising) * rowsPerSecond
}
