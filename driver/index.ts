export type { DriverConnectors } from './connectors.js'
export { Driver } from './driver.js'
export type { DriverOptions, SubmitOptions } from './driver-options.js'
export type { ExecutorSummary } from './executors/executor-table.js'
export type { JobHandle, JobResult } from './job-run.js'
export type { StageMetrics } from './metrics.js'
export { observedMetrics } from './observed-metrics.js'
export { DriverMetrics } from './prometheus/driver-metrics.js'
export type { CheckedPart } from './streaming/checked-parts.js'
export type { RowPlanning } from './streaming/move-states.js'
export type {
  EventTimeProgress,
  SinkProgress,
  SourceProgress,
  StateOperatorProgress,
  StreamingQueryProgress,
} from './streaming/progress.js'
export { isStateFormat, type StateFormat } from './streaming/state-formats.js'
export type {
  QueryIdleEvent,
  QueryProgressEvent,
  QueryStartedEvent,
  QueryTerminatedEvent,
  StreamEvents,
} from './streaming/stream-events.js'
export type { StreamRunner, StreamRunnerOptions } from './streaming/stream-runner.js'
export type { StreamTarget } from './streaming/stream-sink.js'
export type { Trigger as StreamTrigger } from './streaming/trigger.js'

/** What runs streams, loaded when the first one starts. */
export const loadStreams = () => import('./streaming/index.js')
