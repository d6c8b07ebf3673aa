import type { StreamingQueryProgress } from './progress.js'

/** Which start of which query an event is of. */
interface OfQuery {
  readonly id: string
  readonly runId: string
}

export interface QueryStartedEvent extends OfQuery {
  readonly name: string | null
  readonly timestamp: string
}

export interface QueryProgressEvent {
  readonly progress: StreamingQueryProgress
}

/** The query has had nothing to do for a while. */
export interface QueryIdleEvent extends OfQuery {
  readonly timestamp: string
}

export interface QueryTerminatedEvent extends OfQuery {
  /** What ended it, when it failed, and the condition of that. */
  readonly exception?: string
  readonly errorClassOnException?: string
}

/** Told what queries do, in the order in which they do it. */
export interface StreamEvents {
  onQueryStarted(event: QueryStartedEvent): void
  onQueryProgress(event: QueryProgressEvent): void
  onQueryIdle(event: QueryIdleEvent): void
  onQueryTerminated(event: QueryTerminatedEvent): void
}
