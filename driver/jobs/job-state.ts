import { OutputTable } from '../tasks/output-table.js'
import { StageState } from '../tasks/stage-state.js'
import type { TaskAttempt } from './actions.js'
import type { JobSpec } from './job-spec.js'
import { tasksFor } from './merged-tasks.js'

/** A job that runs: its stages in order, and which of them may run now. */
export class JobState {
  readonly spec: JobSpec
  readonly stages: readonly StageState[]
  readonly result: StageState
  /** Attempts that run for the job, by id. */
  readonly running = new Map<number, TaskAttempt>()
  /** The turn at which it came, was given a slot last, or gave one back: who waits longer has the smaller. */
  waitsSince: number
  /** Set when an output came or went that may change which stages can run. */
  isStale = true
  readonly #byKey: ReadonlyMap<number, StageState>
  readonly #caches = new Map<string, StageState>()

  /** `cacheTable` gives the shared table of a cache. */
  constructor(spec: JobSpec, turn: number, cacheTable: (cacheId: string, partitions: number) => OutputTable) {
    this.spec = spec
    this.waitsSince = turn
    this.stages = spec.stages.map((stage) => {
      const { output, taskCount } = stage
      const table = output.kind === 'cache' ? cacheTable(output.cacheId, taskCount) : new OutputTable(taskCount)
      return new StageState(stage, table)
    })
    this.result = this.stages.at(-1)!
    this.#byKey = new Map(this.stages.map((stage) => [stage.spec.key, stage]))
    for (const stage of this.stages) {
      if (stage.spec.output.kind === 'cache') this.#caches.set(stage.spec.output.cacheId, stage)
    }
  }

  /** Whether it gets a slot before another job: it has fewer tasks that run, or as many and waits longer. */
  isBefore(other: JobState): boolean {
    const more = other.running.size - this.running.size
    return more > 0 || (more === 0 && this.waitsSince < other.waitsSince)
  }

  stage(key: number): StageState | undefined {
    return this.#byKey.get(key)
  }

  cacheStage(cacheId: string): StageState | undefined {
    return this.#caches.get(cacheId)
  }

  hasCompleteInputs(stage: StageState): boolean {
    return stage.spec.inputs.every((key) => {
      const input = this.stage(key)!
      return input.outputs.available === input.spec.taskCount
    })
  }

  /**
   * Finds out, from the result backwards, which stages are wanted and can run, and queues what they miss. A stage whose output was lost
   * is visited again only if someone still wants it, which is how lost output is recomputed.
   */
  refresh(nowMs: number): void {
    this.isStale = false
    for (const stage of this.stages) stage.ready = false
    const visited = new Set<StageState>()
    const visit = (stage: StageState): void => {
      if (visited.has(stage)) return
      visited.add(stage)
      if (stage.isComputed) return
      for (const key of stage.spec.inputs) visit(this.stage(key)!)
      stage.ready = this.hasCompleteInputs(stage)
      if (!stage.ready) return
      this.#merge(stage)
      stage.queueMissing(nowMs)
    }
    visit(this.result)
  }

  /** Decides once how many tasks a stage has whose tasks may read several partitions: it is known what these hold when all are there. */
  #merge(stage: StageState): void {
    const { leastTaskBytes, inputs, taskCount } = stage.spec
    if (leastTaskBytes === undefined || stage.isMerged) return
    const bytes = inputs.reduce((sum, key) => sum + this.stage(key)!.outputs.bytes, 0)
    stage.merge(tasksFor(bytes, leastTaskBytes, taskCount))
  }
}
