import test from 'ava'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import type { Exclusion } from '../../driver/executors/exclusion.js'
import { ExecutorTable } from '../../driver/executors/executor-table.js'
import { StateHolders } from '../../driver/executors/state-holders.js'
import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import { JobState } from '../../driver/jobs/job-state.js'
import { findCopyPlacement, findPlacement } from '../../driver/jobs/placement.js'
import { Retries } from '../../driver/jobs/retries.js'
import { OutputTable } from '../../driver/tasks/output-table.js'
import { StageState } from '../../driver/tasks/stage-state.js'
import { CACHE, launched, of, stage, Told } from './told-scheduler.js'

const SPECULATION = { intervalMs: 10, multiplier: 2, quantile: 0.5, minRuntimeMs: 0 }
const deliver = (told: Told, { partition, attemptId }: TaskAttempt): readonly SchedulerAction[] =>
  told.tell({ kind: 'resultDelivered', jobId: 1, partition, attemptId })

test('a task whose failures do not count is given up at the last attempt that limits allow, by what failed it', (t) => {
  const retries = new Retries(2)
  const state = new StageState(stage(0, 1), new OutputTable(1))
  const error = serializeError(new MillraceError('FETCH_FAILED', { stage: 0, executor: 'a', reason: 'the disk' }))
  for (let attempt = 1; attempt <= 8; attempt++) {
    state.started(0, attempt)
    state.stopped(0, attempt)
    const task = { jobId: 1, stageKey: 0, partition: 0, attempt: attempt - 1, attemptId: attempt, launchedMs: 0 }
    const failure = retries.afterFailure(state, { ...task, executorId: 'a', isCopy: false }, error, false, 0)
    if (attempt < 8) t.is(failure, undefined, `after ${attempt} attempts`)
    else t.regex(failure?.parameters['reason'] ?? '', /the disk/)
  }
})

test('of two jobs that make the same cache neither makes again what the other one has made, and both go on with it', (t) => {
  const told = new Told({ a: 1 })
  const making = [stage(0, 2, { output: CACHE }), stage(1, 1, { inputs: [0] })]
  const [first] = launched(told.submit(1, making))
  told.submit(2, making)
  const made: string[] = []
  for (let task = first; task !== undefined; ) {
    made.push(`${task.stageKey === 0 ? `cached ${task.partition}` : `result of ${task.jobId}`}`)
    task = launched(told.succeed(task))[0]
  }
  t.deepEqual(made.toSorted(), ['cached 0', 'cached 1', 'result of 1', 'result of 2'])
})

/** A job of one stage of two tasks, executors of so many slots, and where its tasks may run and are to run first. */
function placing(slots: Readonly<Record<string, number>>, isExcluded: (executorId: string) => boolean = () => false) {
  const executors = new ExecutorTable(1e9)
  for (const [executorId, count] of Object.entries(slots)) executors.register(executorId, count, 'h', false, 0)
  const states = new StateHolders()
  const placesOf = () => (executorId: string) => !isExcluded(executorId)
  const exclusion = { placesOf } as unknown as Exclusion
  const spec = { jobId: 1, stages: [stage(0, 2, { stateId: 's' })] }
  const job = new JobState(spec, (_, partitions) => new OutputTable(partitions))
  job.refresh(0)
  return { job, state: job.result, places: { executors, states, exclusion } }
}

test('a task that waits behind one that is delayed is not run when another job has done it meanwhile', (t) => {
  const { job, state, places } = placing({ a: 1 })
  state.delay(0, 100)
  t.like(findPlacement(job, state, places, 0, 0), { placement: { partition: 1 } })
  state.outputs.set(1, { attemptId: 1, executorId: 'a', bytes: 1 })
  t.deepEqual(findPlacement(job, state, places, 0, 0), { placement: undefined, wakeAtMs: 100, nowhere: undefined })
})

test('a task does not go where its state is when it is excluded from there', (t) => {
  for (const isExcluded of [false, true]) {
    const { job, state, places } = placing({ a: 1, b: 1 }, (executorId) => isExcluded && executorId === 'b')
    places.states.set('s', 0, 'b')
    t.like(findPlacement(job, state, places, 0, 0), { placement: { executorId: isExcluded ? 'a' : 'b' } })
  }
})

test('a copy of a task runs neither beside it, where most slots are free, nor where it may not run', (t) => {
  for (const isExcluded of [false, true]) {
    const { job, state, places } = placing({ a: 9, b: 1 }, (executorId) => isExcluded && executorId === 'b')
    const task = { attemptId: 7, jobId: 1, stageKey: 0, partition: 0, attempt: 0, launchedMs: 0, isCopy: false }
    job.running.set(7, { ...task, executorId: 'a' })
    state.started(0, 7)
    state.wantCopy(0, 7)
    t.is(findCopyPlacement(job, state, places)?.executorId, isExcluded ? undefined : 'b')
  }
})

test('of two jobs that make a partition of the same cache at once the first one counts', (t) => {
  const told = new Told({ a: 1, b: 1 })
  const making = [stage(0, 1, { output: CACHE }), stage(1, 1, { inputs: [0], cacheReads: ['c'] })]
  const [first] = launched(told.submit(1, making))
  const [second] = launched(told.submit(2, making))
  const reading = of(told.succeed(first!), 'launchTask')
  const later = told.succeed(second!)
  t.deepEqual(of(later, 'taskAccepted'), [])
  for (const { inputs } of [...reading, ...of(later, 'launchTask')])
    t.deepEqual(inputs, [{ stageKey: 0, outputs: [{ executorId: 'a', attemptIds: [first!.attemptId] }] }])
})

test('tasks that run together end together, also where another job has made their cache meanwhile', (t) => {
  const told = new Told({ a: 4 })
  const making = [stage(0, 2, { output: CACHE, hasBarrier: true }), stage(1, 1, { inputs: [0] })]
  const [failing, waiting] = launched(told.submit(1, making)) as [TaskAttempt, TaskAttempt]
  for (const task of launched(told.submit(2, making))) told.succeed(task)
  t.deepEqual(
    of(told.fail(failing), 'cancelTask').map(({ attemptId }) => attemptId),
    [waiting.attemptId],
  )
})

test('stragglers are looked for again an interval after they were last, and not before', (t) => {
  const told = new Told({ a: 1, b: 1 }, { speculation: SPECULATION })
  told.submit(1, [stage(0, 2)], 1_000)
  t.is(told.scheduler.nextWakeMs(), 1_010)
  told.tell({ kind: 'tick' }, 1_010)
  t.is(told.scheduler.nextWakeMs(), 1_020)
})

test('a copy of a task that has ended is wanted no more', (t) => {
  const state = new StageState(stage(0, 1), new OutputTable(1))
  state.started(0, 7)
  t.true(state.wantCopy(0, 7))
  state.stopped(0, 7)
  t.is(state.wantedCopies.size, 0)
})

test('an executor whose results have been delivered holds none of them', (t) => {
  const told = new Told({ a: 1, b: 1 })
  const [first, second] = launched(told.submit(1, [stage(0, 2)])) as [TaskAttempt, TaskAttempt]
  told.succeed(first)
  deliver(told, first)
  const { executorId } = first
  const gone = of(told.tell({ kind: 'decommissionAsked', executorId, reason: 'test' }), 'disconnectExecutor')
  t.is(gone.length, 1)
  told.succeed(second)
  t.like(of(deliver(told, second), 'jobSucceeded'), [{ jobId: 1 }])
})

test('what was on its way to an executor that is lost goes to another at once', (t) => {
  const told = new Told({ a: 1 })
  const [maker] = launched(told.submit(1, [stage(0, 1, { output: CACHE })]))
  told.succeed(maker!, 1_000)
  told.join('b', 1)
  told.join('c', 1)
  const [move] = of(told.tell({ kind: 'decommissionAsked', executorId: 'a', reason: 'test' }), 'moveOutput')
  const lost = told.tell({ kind: 'executorLost', executorId: move!.to, reason: 'test' }, 1)
  t.deepEqual(
    of(lost, 'moveOutput').map(({ to }) => to),
    [move!.to === 'b' ? 'c' : 'b'],
  )
})

test('tasks that read what tasks wrote that ran together are cancelled when these are to run again', (t) => {
  const told = new Told({ a: 2, b: 2 })
  const together = stage(0, 2, { output: { kind: 'map' }, hasBarrier: true })
  const makers = launched(told.submit(1, [together, stage(1, 2, { inputs: [0] })]))
  const reading = launched(makers.flatMap((task) => told.succeed(task)))
  t.deepEqual(
    reading.map(({ stageKey }) => stageKey),
    [1, 1],
  )
  const [left, gone] = [reading.find(({ executorId }) => executorId === 'a'), 'b']
  const lost = told.tell({ kind: 'executorLost', executorId: gone, reason: 'test' })
  t.deepEqual(
    of(lost, 'cancelTask').map(({ attemptId }) => attemptId),
    [left!.attemptId],
  )
})
