/*
 * What the host answers when kernels ask for the rules of a time zone: their number and the address they lie at (u32 each), and the
 * second from which on those of 400 years before are taken (i64).
 */
export const ZONE_ANSWER_BYTES = 16
export const ZONE_ANSWER_COUNT = 0
export const ZONE_ANSWER_ADDRESS = 4
export const ZONE_ANSWER_UNTIL = 8
/** A rule: the local second from which an offset holds, and that offset in seconds (i64 each). */
export const ZONE_RULE_BYTES = 16
export const ZONE_RULE_FROM = 0
export const ZONE_RULE_OFFSET = 8
