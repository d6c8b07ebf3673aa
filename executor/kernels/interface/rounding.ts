/* How digits are dropped: to the nearest, where half goes away from zero or to the even one, or towards one of the infinities. */
export const ROUND_HALF_UP = 0
export const ROUND_HALF_EVEN = 1
export const ROUND_CEILING = 2
export const ROUND_FLOOR = 3
