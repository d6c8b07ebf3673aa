import test from 'ava'
import { ProgressLine } from '../../api/session/progress-line.js'
import type { Decision } from '../../driver/jobs/adaption.js'

const ERASE = '\r\u001b[K'
const TASK = {
  kind: 'taskEnd',
  timeMs: 0,
  attemptId: 1,
  jobId: 3,
  partition: 0,
  attempt: 0,
  executorId: 'e',
  isCopy: false,
} as const
const COUNTS = { rowsWritten: 0, bytesWritten: 0, spilledBytes: 0, elapsedMs: 0 }
const STAGES = [8, 30, 2].map((tasks, stageKey) => ({ stageKey, tasks, readsInput: stageKey === 0 }))

/** A line on a terminal that is wide enough, and what it was told to show. */
function line(columns = 200) {
  const shown: string[] = []
  const clock = { nowMs: 0 }
  const write = (text: string): void => void shown.push(text)
  return { clock, shown, line: new ProgressLine({ columns, write }, () => clock.nowMs) }
}

test('a progress line tells stages, tasks, rows that are input, pace and time, two seconds after a job began', (t) => {
  const { clock, shown, line: progress } = line()
  progress.onJobStart({ kind: 'jobStart', pool: 'default', timeMs: 1_000, jobId: 3, stages: STAGES })
  const ended = (stageKey: number, tasks: number, rowsRead: number) => {
    for (let i = 0; i < tasks; i++) {
      const counts = { ...COUNTS, rowsRead: i === 0 ? rowsRead : 0 }
      progress.onTaskEnd({ ...TASK, stageKey, outcome: 'succeeded', counts })
    }
  }
  clock.nowMs = 2_999
  progress.draw()
  t.deepEqual(shown, [])
  clock.nowMs = 3_000
  progress.draw()
  t.deepEqual(shown, [`${ERASE}job 3: stage 1 of 3, 0 of 8 tasks, 0 rows read, 0 rows/s, 2 s`])
  ended(0, 7, 12_000_000)
  ended(0, 1, 345_678)
  ended(1, 6, 999)
  progress.onTaskEnd({ ...TASK, stageKey: 1, outcome: 'killed' })
  clock.nowMs = 9_000
  progress.draw()
  const text = 'job 3: stage 2 of 3, 6 of 30 tasks, 12.3 M rows read, 1.5 M rows/s, 8 s, about 15 s left'
  t.is(shown.at(-1), ERASE + text)
  progress.onJobEnd({ kind: 'jobEnd', timeMs: 9_000, jobId: 3 })
  t.is(shown.at(-1), ERASE)
  progress.draw()
  t.is(shown.length, 3)
})

test('a progress line counts the tasks that a stage has now, and none of a stage that is part of another one', (t) => {
  const { clock, shown, line: progress } = line()
  progress.onJobStart({ kind: 'jobStart', pool: 'default', timeMs: 0, jobId: 3, stages: STAGES })
  const changed = (stageKey: number, tasks: number, decision: Decision) =>
    progress.onStageChanged({ kind: 'stageChanged', timeMs: 0, jobId: 3, stageKey, tasks, decision, why: '' })
  changed(1, 8, { kind: 'broadcast', left: 0, right: 2, bytes: 1 })
  changed(2, 1, { kind: 'divided', merging: 1, shared: 0 })
  const counts = { ...COUNTS, rowsRead: 5 }
  progress.onTaskEnd({ ...TASK, stageKey: 1, outcome: 'succeeded', counts })
  clock.nowMs = 9_000
  progress.draw()
  t.is(shown.at(-1), `${ERASE}job 3: stage 2 of 3, 1 of 8 tasks, 5 rows read, 1 rows/s, 9 s, about 72 s left`)
  progress.onJobEnd({ kind: 'jobEnd', timeMs: 0, jobId: 3 })
})

test('a progress line fits the terminal, and goes when the last of its jobs hands over rows; batches of streams have none', (t) => {
  const { clock, shown, line: progress } = line(20)
  progress.onJobStart({ kind: 'jobStart', pool: 'default', timeMs: 0, jobId: 3, stages: STAGES })
  progress.onJobStart({ kind: 'jobStart', pool: 'default', timeMs: 0, jobId: 4, stages: STAGES })
  progress.onJobStart({
    kind: 'jobStart',
    pool: 'default',
    timeMs: 0,
    jobId: 5,
    stages: STAGES,
    batch: { queryId: 'q', batchId: 0 },
  })
  clock.nowMs = 5_000
  progress.draw()
  t.deepEqual(shown, [`${ERASE}job 3: stage 1 of 3`.slice(0, ERASE.length + 19)])
  progress.onJobFirstRows({ kind: 'jobFirstRows', timeMs: 0, jobId: 3 })
  t.is(shown.length, 1)
  progress.onJobFirstRows({ kind: 'jobFirstRows', timeMs: 0, jobId: 4 })
  t.deepEqual(shown.slice(1), [ERASE])
  progress.onJobEnd({ kind: 'jobEnd', timeMs: 0, jobId: 5 })
  t.is(shown.length, 2)
})
