import assert from 'node:assert/strict'
import type { EngineEvent, EngineListener, EventOf } from '../../driver/events/engine-event.js'
import { EventBus } from '../../driver/events/event-bus.js'

const fail = (_: object, message: string): never => assert.fail(message)
const nothing = (): void => undefined

/** A bus with one listener, in which nothing may fail. */
export function busTo(listener: EngineListener): EventBus {
  const logger = {
    ...{ trace: nothing, debug: nothing, info: nothing, error: fail, fatal: fail },
    warn: ({ cause }: { cause?: string }) => assert.fail(cause),
    isLevelEnabled: () => true,
    child: () => logger,
  }
  const bus = new EventBus(logger)
  bus.add(listener)
  return bus
}

interface SeenStage {
  readonly tasks: number
  isSubmitted: boolean
  isCompleted: boolean
  readonly done: Set<number>
}

/** Follows the events of a history; any that does not follow from those before throws. */
export class SeenEvents implements EngineListener {
  readonly #executors = new Set<string>()
  readonly #leaving = new Set<string>()
  readonly #running = new Map<number, EventOf<'taskStart'>>()
  readonly #jobs = new Map<number, Map<number, SeenStage>>()
  readonly #counts = new Map<string, number>()

  /** How many there were of a kind; ends of tasks also by their outcome. */
  count(kind: string): number {
    return this.#counts.get(kind) ?? 0
  }

  isRunning(attemptId: number): boolean {
    return this.#running.has(attemptId)
  }

  onEvent(event: EngineEvent): void {
    this.#add(event.kind)
    if (event.kind === 'taskEnd') this.#add(event.outcome)
  }

  #add(kind: string): void {
    this.#counts.set(kind, this.count(kind) + 1)
  }

  onExecutorAdded({ executorId }: EventOf<'executorAdded'>): void {
    assert.ok(!this.#executors.has(executorId), 'an executor was added twice')
    this.#executors.add(executorId)
  }

  onExecutorDecommissioned({ executorId }: EventOf<'executorDecommissioned'>): void {
    assert.ok(this.#executors.has(executorId), 'an executor is to go that is not there')
    assert.ok(!this.#leaving.has(executorId), 'an executor is to go twice')
    this.#leaving.add(executorId)
  }

  onOutputMoved({ from, to }: EventOf<'outputMoved'>): void {
    assert.ok(this.#leaving.has(from) && this.#executors.has(from), 'an output left an executor that stays')
    assert.ok(this.#executors.has(to) && from !== to, 'an output moved to an executor that is not there')
  }

  onExecutorRemoved({ executorId }: EventOf<'executorRemoved'>): void {
    assert.ok(this.#executors.delete(executorId), 'an executor was removed that was not there')
    const left = [...this.#running.values()].filter((task) => task.executorId === executorId)
    assert.equal(left.length, 0, 'a task runs on where its executor is gone')
  }

  onJobStart({ jobId, stages }: EventOf<'jobStart'>): void {
    assert.ok(!this.#jobs.has(jobId), 'a job started twice')
    const begun = (tasks: number): SeenStage => ({ tasks, isSubmitted: false, isCompleted: false, done: new Set() })
    this.#jobs.set(jobId, new Map(stages.map(({ stageKey, tasks }) => [stageKey, begun(tasks)])))
  }

  onJobEnd({ jobId }: EventOf<'jobEnd'>): void {
    assert.ok(this.#jobs.delete(jobId), 'a job ended that had not started')
  }

  onStageChanged({ jobId, stageKey, tasks, why }: EventOf<'stageChanged'>): void {
    const stages = this.#jobs.get(jobId)!
    assert.ok(!stages.get(stageKey)!.isSubmitted && why !== '', 'a stage was changed after it was submitted')
    stages.set(stageKey, { tasks, isSubmitted: false, isCompleted: false, done: new Set() })
  }

  onStageSubmitted({ jobId, stageKey }: EventOf<'stageSubmitted'>): void {
    const stage = this.#jobs.get(jobId)!.get(stageKey)!
    assert.ok(!stage.isSubmitted, 'a stage was submitted twice')
    stage.isSubmitted = true
  }

  onStageCompleted({ jobId, stageKey }: EventOf<'stageCompleted'>): void {
    const stage = this.#jobs.get(jobId)!.get(stageKey)!
    assert.ok(stage.done.size === stage.tasks && !stage.isCompleted, 'a stage was completed too early, or twice')
    stage.isCompleted = true
  }

  onTaskStart(task: EventOf<'taskStart'>): void {
    assert.ok(this.#executors.has(task.executorId), 'a task started where no executor is')
    assert.ok(!this.#leaving.has(task.executorId), 'a task started on an executor that is to go')
    assert.ok(this.#jobs.get(task.jobId)?.get(task.stageKey)?.isSubmitted, 'a task started before its stage')
    assert.ok(!this.#running.has(task.attemptId), 'an attempt started twice')
    this.#running.set(task.attemptId, task)
  }

  onTaskEnd({ attemptId, jobId, stageKey, partition, outcome, counts, failure }: EventOf<'taskEnd'>): void {
    assert.ok(this.#running.delete(attemptId), 'a task ended that had not started, or twice')
    assert.equal(outcome === 'succeeded', counts !== undefined)
    assert.equal(outcome === 'failed', failure !== undefined)
    if (counts) this.#jobs.get(jobId)!.get(stageKey)!.done.add(partition)
  }

  /** At the end of a history. */
  check(known: ReadonlySet<string>): void {
    assert.deepEqual([...this.#executors].sort(), [...known].sort(), 'not all executors were seen to come or go')
    assert.equal(this.#jobs.size, 0, 'a job did not end')
    assert.equal(this.count('taskStart'), this.count('taskEnd') + this.#running.size)
  }
}
