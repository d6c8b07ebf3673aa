import type { MetricsObserver } from '../metrics-observer.js'
import type { UnresolvedExpression } from './expression.js'
import type { UnresolvedRelation } from './relation.js'

/** Rows that are passed on as they are, of which something is noted on the way. */
export type Noted = WithWatermark | Observe

/** How far their event time has come. */
export interface WithWatermark {
  readonly kind: 'withWatermark'
  readonly input: UnresolvedRelation
  readonly column: string
  readonly delayMicros: bigint
}

/** `DataFrame.observe`: aggregates of all of them. */
export interface Observe {
  readonly kind: 'observe'
  readonly input: UnresolvedRelation
  readonly name: string
  /** Tells it from others of its name. */
  readonly instance: string
  readonly metrics: readonly UnresolvedExpression[]
  /** Who is told of them, beside those who follow a stream. */
  readonly observer?: MetricsObserver
}
