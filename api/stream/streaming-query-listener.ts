import type { QueryIdleEvent, QueryProgressEvent, QueryStartedEvent, QueryTerminatedEvent } from '../../driver/index.js'

/**
 * Told what the streaming queries of a session do (`session.streams.addListener`), in their order. What it throws, or rejects with, is logged and
 * harms no query; a query does not wait for promises.
 */
export interface StreamingQueryListener {
  /** Before `start` returns. */
  onQueryStarted?(event: QueryStartedEvent): unknown
  /** After each batch. */
  onQueryProgress?(event: QueryProgressEvent): unknown
  /** A query that waits for data has had nothing to do for ten seconds; again after ten more. */
  onQueryIdle?(event: QueryIdleEvent): unknown
  /** It was stopped, came to its end, or failed. */
  onQueryTerminated?(event: QueryTerminatedEvent): unknown
}
