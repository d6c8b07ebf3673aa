/* What operators do with a row, in nanoseconds, about: good enough to tell whether a filter spares more than it costs. */

/** So many rows, looked up by the bits of their keys, fit a cache. */
const CACHED_ROWS = 200_000
/** To look a key up in the table of a filter. */
export const testNs = (rows: number): number => (rows <= CACHED_ROWS ? 3 : 8)
/** To look a key up in the table of a join, and to go on with what is found. */
export const probeNs = (rows: number): number => (rows <= CACHED_ROWS ? 4 : 12)
/** To put a row into the table of a join, in each task slot. */
export const BUILD_NS = 30
/** To bring a row to another task. */
export const SHUFFLE_NS = 20
/** To find its group. */
export const GROUP_NS = 40
/** To put it in order. */
export const SORT_NS = 100
/** An exchange more, with what waits for it. */
export const EXCHANGE_NS = 2e6
/** What estimates leave open. */
export const LEAST_GAIN_NS = 3e6
