import { randomInt } from 'node:crypto'

/** The bounds of waits between one try and the next. */
export interface GrowingPause {
  readonly firstMs: number
  readonly mostMs: number
}

/** How long to wait at most before the next try, after so many that failed before the last one: twice as long each time, up to a bound. */
export const longestPauseMs = ({ firstMs, mostMs }: GrowingPause, failedBefore: number): number =>
  Math.min(firstMs * 2 ** failedBefore, mostMs)

/** Half of that at least, and where above it is drawn, so that those whose tries failed together do not all come again together. */
export function growingPauseMs(pause: GrowingPause, failedBefore: number): number {
  const longestMs = longestPauseMs(pause, failedBefore)
  const leastMs = Math.floor(longestMs / 2)
  return randomInt(leastMs, longestMs + 1)
}
