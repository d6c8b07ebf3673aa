import test from 'ava'
import { pino } from 'pino'
import type { LogLevel } from '../../common/log.js'
import { JobLog } from '../../driver/job-log.js'

const TASK = { attemptId: 7, jobId: 1, stageKey: 0, partition: 0, attempt: 0, executorId: 'e' }
const REPORT = { rowsRead: 10, rowsWritten: 4, bytesWritten: 64, spilledBytes: 0, elapsedMs: 2.5 }

/** The lines of a job of one stage of two tasks that reads twenty rows in 8 ms and then fails, at a level. */
function linesAt(level: LogLevel): readonly Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = []
  const logger = pino(
    { level, base: null, timestamp: false },
    { write: (text: string) => void lines.push(JSON.parse(text)) },
  )
  const log = new JobLog(logger)
  const stages = [{ key: 0, inputs: [], taskCount: 2, output: { kind: 'result' }, cacheReads: [] }] as const
  log.heard({ kind: 'executorRegistered', executorId: 'e', slots: 2, heartbeats: false }, 0)
  log.heard({ kind: 'jobSubmitted', job: { jobId: 1, stages } }, 2)
  for (const partition of [0, 1]) {
    log.wanted({ kind: 'launchTask', task: { ...TASK, partition }, inputs: [] }, 3)
    log.wanted({ kind: 'taskAccepted', task: { ...TASK, partition }, report: REPORT }, 5)
  }
  log.wanted({ kind: 'jobFailed', jobId: 1, error: { condition: 'DIVIDE_BY_ZERO', parameters: {} } }, 10)
  log.wanted({ kind: 'releaseJob', jobId: 1 }, 10)
  log.wanted({ kind: 'jobSucceeded', jobId: 1 }, 11)
  return lines
}

test('info tells of jobs and executors', (t) => {
  t.deepEqual(linesAt('info'), [
    { level: 30, executor: 'e', slots: 2, msg: 'an executor is there' },
    { level: 30, job: 1, stages: 1, tasks: 2, msg: 'a job starts' },
    {
      level: 30,
      job: 1,
      ms: 8,
      tasks: 2,
      rowsRead: 20,
      taskMs: 5,
      condition: 'DIVIDE_BY_ZERO',
      msg: 'a job has failed',
    },
    { level: 30, job: 1, msg: 'a job is done' },
  ])
})

test('debug tells of stages and tasks too', (t) => {
  const place = { job: 1, stage: 0, partition: 1, attempt: 0, executor: 'e' }
  const lines = linesAt('debug').slice(4, 7)
  t.deepEqual(lines, [
    { level: 20, ...place, msg: 'a task is sent' },
    {
      level: 20,
      ...place,
      ms: 2.5,
      rowsRead: 10,
      rowsWritten: 4,
      bytesWritten: 64,
      spilledBytes: 0,
      msg: 'a task is done',
    },
    { level: 20, job: 1, stage: 0, msg: 'a stage is done' },
  ])
})

test('warn tells of nothing that goes well', (t) => {
  t.deepEqual(linesAt('warn'), [])
})
