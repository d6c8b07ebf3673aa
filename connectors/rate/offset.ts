import type { Json } from '../api.js'

/**
 * How far a stream has come: so many seconds after it began, and the number that comes next. All that a batch has follows from the two between which it lies,
 * whatever options a later start has.
 */
export interface RateOffset {
  readonly sinceMs: number
  readonly seconds: number
  readonly value: number
}

export const offsetToJson = ({ sinceMs, seconds, value }: RateOffset): Json => ({ sinceMs, seconds, value })
export const offsetFromJson = (json: Json): RateOffset => json as unknown as RateOffset

/** A share of the numbers of a batch: each so many behind the one before. */
export interface RateSplit {
  readonly first: number
  readonly step: number
  readonly end: number
  /** The first number of the batch, and when it came. */
  readonly base: number
  readonly baseMs: number
  readonly msPerValue: number
}

export const splitToJson = (split: RateSplit): Json => ({ ...split })
export const splitFromJson = (json: Json): RateSplit => json as unknown as RateSplit

/** When a number came, in milliseconds: those of a batch came evenly. */
export const timeOf = (value: number, { base, baseMs, msPerValue }: RateSplit): number =>
  baseMs + Math.round((value - base) * msPerValue)
