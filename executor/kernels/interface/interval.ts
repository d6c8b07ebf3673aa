/* Where the parts of an interval of months, days and microseconds lie (i32, i32, i64), as `columnar/times/interval-parts.ts` packs them. */

export const INTERVAL_MONTHS = 0
export const INTERVAL_DAYS = 4
export const INTERVAL_MICROS = 8
export const INTERVAL_BYTES = 16
