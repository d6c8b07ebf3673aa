/*
 * How texts tell dates and times (u32s; offsets count from the start): patterns of interface/time-pattern.ts by the kinds of time, each as its offset
 * and length, and the zone of timestamps. A pattern without length is the form that casts read or write; a zone without length is UTC. Times of day are
 * read by theirs, and written by analysis.
 */
export const FORMAT_DATE = 0
export const FORMAT_TIMESTAMP = 8
export const FORMAT_NTZ = 16
export const FORMAT_ZONE = 24
export const FORMAT_CLOCK = 32
export const FORMAT_BYTES = 40
