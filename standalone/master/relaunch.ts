import { longestPauseMs } from '../../common/growing-pause.js'

/** A driver that ran so long begins the row of its failures anew. */
const STABLE_AFTER_MS = 600_000
const PAUSE = { firstMs: 1_000, mostMs: 60_000 }
/** What ends a driver so often in a row would end it again. */
export const MOST_RELAUNCHES = 10

/** How many failures in a row there are with the one of now. */
export const failuresAfter = (before: number, ranMs: number): number => (ranMs >= STABLE_AFTER_MS ? 1 : before + 1)

/**
 * How long a driver waits after its failures in a row: twice as long after each, and up to half of that less, so that the drivers of a worker
 * that was lost do not come back all at once. Undefined when it is not started any more.
 */
export function pauseBeforeRelaunch(driverId: string, failures: number): number | undefined {
  if (failures > MOST_RELAUNCHES) return undefined
  return longestPauseMs(PAUSE, failures - 1) * (1 - jitterOf(`${driverId}/${failures}`) / 2)
}

/** From 0 to 1, other for each text: as by chance, but decisions of a master can be repeated. */
function jitterOf(text: string): number {
  let hash = FNV_OFFSET
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0)!, FNV_PRIME) >>> 0
  return hash / 2 ** 32
}

const FNV_OFFSET = 2_166_136_261
const FNV_PRIME = 16_777_619
