export { allocationOptions, decommissionOptions } from './allocation-settings.js'
export type { DriverConnectors } from './connectors.js'
export { Driver } from './driver.js'
export type { DriverOptions, SubmitOptions } from './driver-options.js'
export { DynamicAllocation } from './dynamic-allocation.js'
export {
  type EngineEvent,
  type EngineListener,
  type EventFailure,
  type EventOf,
  type EventStage,
  type EventTask,
  eventTimeMs,
  failing,
} from './events/engine-event.js'
export { EventBus } from './events/event-bus.js'
export { streamHappenings } from './events/stream-happenings.js'
export { Allocation, type AllocationOptions } from './executors/allocation.js'
export type { ExecutorSummary } from './executors/executor-table.js'
export { fileProtection } from './file-protection.js'
export type { JobResult } from './job-result.js'
export type { JobHandle } from './job-run.js'
export { observedMetrics } from './observed-metrics.js'
export type { SchedulerPool } from './pools/pool.js'
export { DriverMetrics } from './prometheus/driver-metrics.js'
export { schedulingOptions } from './scheduling-settings.js'
export type { StageMetrics } from './stage-metrics.js'
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
} from './streaming/stream-events.js'
export type { StreamRunner, StreamRunnerOptions } from './streaming/stream-runner.js'
export type { StreamTarget } from './streaming/stream-sink.js'
export type { Trigger as StreamTrigger } from './streaming/trigger.js'

/** What keeps events on disk, loaded by those sessions that do. */
export const loadEventLog = () => import('./events/log/index.js')

/** What runs streams, loaded when the first one starts. */
export const loadStreams = () => import('./streaming/index.js')
