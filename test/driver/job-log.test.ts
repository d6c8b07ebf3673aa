import test from 'ava'
import { pino } from 'pino'
import type { LogLevel } from '../../common/log.js'
import { JobLog } from '../../driver/job-log.js'

const TASK = { attemptId: 7, jobId: 1, stageKey: 0, partition: 0, attempt: 0, executorId: 'e', isCopy: false }
const FAILURE = { condition: 'DIVIDE_BY_ZERO', message: 'zero' }
const COUNTS = { rowsRead: 10, rowsWritten: 4, bytesWritten: 64, spilledBytes: 0, elapsedMs: 2.5 }

/** The lines of a job of one stage of two tasks that reads twenty rows in 8 ms and then fails, at a level. */
function linesAt(level: LogLevel): readonly Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = []
  const logger = pino(
    { level, base: null, timestamp: false },
    { write: (text: string) => void lines.push(JSON.parse(text)) },
  )
  const log = new JobLog(logger)
  log.onExecutorAdded({ kind: 'executorAdded', timeMs: 0, executorId: 'e', slots: 2 })
  log.onJobStart({
    kind: 'jobStart',
    pool: 'default',
    timeMs: 2,
    jobId: 1,
    stages: [{ stageKey: 0, tasks: 2, readsInput: true }],
  })
  for (const partition of [0, 1]) {
    log.onTaskStart({ kind: 'taskStart', timeMs: 3, ...TASK, partition })
    log.onTaskEnd({ kind: 'taskEnd', timeMs: 5, ...TASK, partition, outcome: 'succeeded', counts: COUNTS })
  }
  log.onTaskEnd({ kind: 'taskEnd', timeMs: 5, ...TASK, outcome: 'killed' })
  log.onStageCompleted({ kind: 'stageCompleted', timeMs: 5, jobId: 1, stageKey: 0, tasks: 2 })
  log.onTaskRetried({ kind: 'taskRetried', timeMs: 6, ...TASK, failure: FAILURE })
  log.onExecutorRemoved({
    kind: 'executorRemoved',
    timeMs: 6,
    executorId: 'e',
    reason: 'it ended',
    isDecommissioned: false,
  })
  log.onJobEnd({ kind: 'jobEnd', timeMs: 10, jobId: 1, failure: FAILURE })
  log.onJobStart({ kind: 'jobStart', pool: 'default', timeMs: 11, jobId: 2, stages: [] })
  log.onJobEnd({ kind: 'jobEnd', timeMs: 11.25, jobId: 2 })
  return lines
}

const PLACE = { job: 1, stage: 0, partition: 0, attempt: 0, executor: 'e' }
const WARNED = [
  { level: 40, ...PLACE, ...FAILURE, msg: 'a task is tried again' },
  { level: 40, executor: 'e', reason: 'it ended', msg: 'an executor is gone' },
]

test('info tells of jobs and executors', (t) => {
  const sums = { ms: 8, tasks: 2, rowsRead: 20, taskMs: 5 }
  t.deepEqual(linesAt('info'), [
    { level: 30, executor: 'e', slots: 2, msg: 'an executor is there' },
    { level: 30, job: 1, stages: 1, tasks: 2, pool: 'default', msg: 'a job starts' },
    ...WARNED,
    { level: 30, job: 1, ...sums, condition: 'DIVIDE_BY_ZERO', msg: 'a job has failed' },
    { level: 30, job: 2, stages: 0, tasks: 0, pool: 'default', msg: 'a job starts' },
    { level: 30, job: 2, ms: 0.3, tasks: 0, rowsRead: 0, taskMs: 0, msg: 'a job is done' },
  ])
})

test('debug tells of stages and tasks too', (t) => {
  const place = { ...PLACE, partition: 1 }
  const sizes = { ms: 2.5, rowsRead: 10, rowsWritten: 4, bytesWritten: 64, spilledBytes: 0 }
  t.deepEqual(linesAt('debug').slice(4, 7), [
    { level: 20, ...place, msg: 'a task is sent' },
    { level: 20, ...place, ...sizes, msg: 'a task is done' },
    { level: 20, job: 1, stage: 0, msg: 'a stage is done' },
  ])
})

test('warn tells of what goes wrong alone', (t) => {
  t.deepEqual(linesAt('warn'), WARNED)
})
