/**
 * A constant in the plan, by type: `null` for NULL of any type; boolean; number for tinyint … int, float, double, date (days)
 * and interval_ym (months); bigint for bigint, decimal (unscaled), timestamps and interval_dt (microseconds), time (nanoseconds); string; bytes
 * for binary, interval (`columnar/times/interval-parts.ts`) and variant.
 */
export type LiteralValue = null | boolean | number | bigint | string | Uint8Array
