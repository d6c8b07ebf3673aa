/* Where `narrowRange` writes the least and the greatest value (i64 each). */
export const RANGE_BYTES = 16
export const RANGE_LEAST = 0
export const RANGE_GREATEST = 8
