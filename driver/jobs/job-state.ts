import { append } from '../../common/append.js'
import { OutputTable } from '../tasks/output-table.js'
import { StageState } from '../tasks/stage-state.js'
import type { TaskAttempt } from './actions.js'
import { broadcastLate, divideLate, type StageChange } from './adaption.js'
import type { JobSpec } from './job-spec.js'

/** A job that runs: its stages in order, and which of them may run now. */
export class JobState {
  readonly spec: JobSpec
  readonly stages: readonly StageState[]
  readonly result: StageState
  /** Attempts that run for the job, by id. */
  readonly running = new Map<number, TaskAttempt>()
  /** The turn at which it came, was given a slot last, or gave one back: who waits longer has the smaller. */
  waitsSince = 0
  /** Set when an output came or went that may change which stages can run. */
  isStale = true
  /** Set when the result was rolled back with a stage: attempts with smaller ids read, or are, an older run of it. */
  rolledBack: { readonly barrier: StageState; readonly beforeAttemptId: number } | undefined
  readonly #byKey: ReadonlyMap<number, StageState>
  readonly #caches = new Map<string, StageState>()

  /** `cacheTable` gives the shared table of a cache. */
  constructor(spec: JobSpec, cacheTable: (cacheId: string, partitions: number) => OutputTable) {
    this.spec = spec
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

  /** Tasks that could run if there were slots for them. */
  get waitingTasks(): number {
    return this.stages.reduce(
      (sum, { ready, pending, wantedCopies }) => sum + (ready ? pending.length + wantedCopies.size : 0),
      0,
    )
  }

  stage(key: number): StageState | undefined {
    return this.#byKey.get(key)
  }

  cacheStage(cacheId: string): StageState | undefined {
    return this.#caches.get(cacheId)
  }

  hasCompleteInputs(stage: StageState): boolean {
    return stage.spec.inputs.every((key) => this.#isThere(this.stage(key)!))
  }

  #isThere({ outputs }: StageState): boolean {
    return outputs.available === outputs.partitions
  }

  /**
   * Finds out, from the result backwards, which stages are wanted and can run, and queues what they miss. A stage whose output was lost
   * is visited again only if someone still wants it, which is how lost output is recomputed.
   * @returns what was decided of stages meanwhile, and the stages all tasks of which are to run together from now on
   */
  refresh(nowMs: number): { readonly changes: readonly StageChange[]; readonly together: readonly StageState[] } {
    this.isStale = false
    const changes: StageChange[] = []
    const together: StageState[] = []
    for (const stage of this.stages) stage.ready = false
    const visited = new Set<StageState>()
    const visit = (stage: StageState): void => {
      if (visited.has(stage)) return
      visited.add(stage)
      if (stage.isComputed) return
      while (stage.mayBroadcast) {
        const { right: key, mostBytes } = stage.spec.adaptive!.broadcast!
        const right = this.stage(key)!
        visit(right)
        // The left side waits: perhaps it need not be shuffled.
        if (!this.#isThere(right) && right.outputs.bytes <= mostBytes) {
          right.awaitedBytes = mostBytes
          return
        }
        const change = broadcastLate(stage, (key) => this.stage(key)!)
        if (change) changes.push(change)
        else stage.keepShuffledJoin()
      }
      for (const key of stage.spec.inputs) visit(this.stage(key)!)
      stage.ready = this.hasCompleteInputs(stage)
      if (!stage.ready) return
      if (!stage.isDivided)
        append(
          changes,
          divideLate(stage, stage.spec.adaptive!, (key) => this.stage(key)!),
        )
      const waited = stage.pending.length
      stage.queueMissing(nowMs)
      if (stage.spec.hasBarrier && stage.pending.length > waited) together.push(stage)
    }
    visit(this.result)
    return { changes, together }
  }
}
