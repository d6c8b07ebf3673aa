import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import { cpuSince } from '../timed-query.js'

/** What the scheduler takes to decide, with so many executors of two slots each that it only believes in. */
export interface Decisions {
  readonly executors: number
  readonly tasks: number
  /** Time of the processor for each task: all decisions from its start to its end. */
  readonly cpuUsPerTask: number
  /** How long a slot that became free waits until it is decided what runs there: of all of them. */
  readonly delayUs: { readonly median: number; readonly of99Percent: number }
  /** How long the last one waits when all slots are free at once. */
  readonly allFreeMs: number
  /** Time of the processor for each time that an executor says that it lives. */
  readonly heartbeatUs: number
  readonly heapMib: number
}

const SLOTS = 2
const HEARTBEATS = 20_000
const REPORT = { rowsRead: 1, rowsWritten: 1, bytesWritten: 100, spilledBytes: 0, elapsedMs: 1 }
const OPTIONS = { maxFailures: 4, executorTimeoutMs: 60_000, localityWaitMs: 0, executorWaitMs: 60_000 }
/** How much later each event is: what the clock says must not stand still. */
const STEP_MS = 0.1

/** A job of so many tasks, whose results come with the message that each is done, as those of small tasks do. */
export function measureDecisions(executors: number, tasks: number): Decisions {
  const scheduler = new Scheduler(OPTIONS)
  const running: TaskAttempt[] = []
  const delaysUs: number[] = []
  let [nowMs, next] = [0, 0]
  const handle = (event: SchedulerEvent): void => {
    nowMs += STEP_MS
    for (const action of scheduler.handle(event, nowMs)) perform(action)
  }
  const perform = (action: SchedulerAction): void => {
    if (action.kind === 'launchTask') running.push(action.task)
    else if (action.kind === 'resultReady') {
      const { jobId, partition, attemptId } = action.task
      handle({ kind: 'resultDelivered', jobId, partition, attemptId })
    } else if (action.kind === 'jobFailed') throw new Error(`the job failed: ${action.error.condition}`)
  }
  for (let i = 0; i < executors; i++)
    handle({ kind: 'executorRegistered', executorId: `e${i}`, slots: SLOTS, host: `h${i}`, heartbeats: true })
  const used = process.cpuUsage()
  const began = performance.now()
  const output = { kind: 'result' } as const
  handle({
    kind: 'jobSubmitted',
    job: { jobId: 1, stages: [{ key: 0, inputs: [], taskCount: tasks, output, cacheReads: [] }] },
  })
  const allFreeMs = performance.now() - began
  for (; next < tasks; next++) {
    const { executorId, attemptId } = running[next]!
    const freeAtMs = performance.now()
    handle({ kind: 'taskSucceeded', executorId, attemptId, report: REPORT, inlined: true })
    delaysUs.push((performance.now() - freeAtMs) * 1000)
  }
  const cpuUsPerTask = (cpuSince(used) * 1000) / tasks
  const sorted = delaysUs.sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)]!
  const heapMib = process.memoryUsage().heapUsed / 1024 ** 2
  const beating = process.cpuUsage()
  for (let i = 0; i < HEARTBEATS; i++) handle({ kind: 'executorHeartbeat', executorId: `e${i % executors}` })
  const heartbeatUs = (cpuSince(beating) * 1000) / HEARTBEATS
  const delayUs = { median: at(0.5), of99Percent: at(0.99) }
  return { executors, tasks, cpuUsPerTask, delayUs, allFreeMs, heartbeatUs, heapMib }
}
