import { MillraceError } from '../common/errors/millrace-error.js'
import type { Split } from '../connectors/api.js'
import type { StageGraph, StreamingTaskInputs } from '../planner/plan/physical/plan.js'
import type { DriverConnectors } from './connectors.js'
import { type JobPlan, type Lineage, lineageOf, planJob } from './job-plan.js'
import type { JobWrite } from './job-run.js'
import { type PreparedStage, prepareStage } from './prepared-stage.js'

export interface PreparationRequest {
  readonly splits?: Readonly<Record<number, readonly Split[]>>
  readonly streaming?: StreamingTaskInputs
  readonly slots: number
}

export interface PreparedJob {
  readonly plan: JobPlan
  readonly jobWrite: JobWrite | undefined
  /** The sink found that there is nothing to write. */
  readonly nothingToDo: boolean
}

/** What happens to a job before it is scheduled: asking connectors for splits, joining lineages of caches, beginning the write. */
export class JobPreparation {
  readonly #connectors: DriverConnectors
  readonly #lineages = new Map<string, Lineage>()

  constructor(connectors: DriverConnectors) {
    this.#connectors = connectors
  }

  dropCache(cacheId: string): void {
    this.#lineages.delete(cacheId)
  }

  /** @throws what the connectors raise */
  async prepare(jobId: number, graph: StageGraph, request: PreparationRequest): Promise<PreparedJob> {
    const stages: PreparedStage[] = []
    for (const stage of graph.stages) {
      const prepared = await prepareStage(stage, {
        ...request,
        source: (provider) => this.#connectors.source(provider),
        cachePartitions: (cacheId) => this.#cachePartitions(cacheId, stages),
      })
      stages.push(this.#asFirstMade(prepared))
    }
    const plan = planJob(jobId, stages, this.#lineages)
    for (const stage of stages) {
      const { sink } = stage.stage
      if (sink.kind === 'cache') this.#lineages.set(sink.cacheId, lineageOf(stages, stage))
    }
    const { sink } = plan.result.stage
    if (sink.kind !== 'write') return { plan, jobWrite: undefined, nothingToDo: false }
    const jobWrite = { sink: await this.#connectors.sink(sink.write.provider), write: sink.write }
    return { plan, jobWrite, nothingToDo: !(await jobWrite.sink.begin(sink.write)) }
  }

  /** A cache keeps the division into partitions that it was first made with: the partitions held were made so. */
  #asFirstMade(prepared: PreparedStage): PreparedStage {
    const { sink } = prepared.stage
    const lineage = sink.kind === 'cache' ? this.#lineages.get(sink.cacheId) : undefined
    if (lineage && lineage.at(-1)!.taskCount !== prepared.taskCount) {
      throw new MillraceError('INTERNAL_ERROR', { message: 'a cache was submitted twice with different partitions' })
    }
    return prepared
  }

  #cachePartitions(cacheId: string, earlier: readonly PreparedStage[]): number {
    const own = earlier.find(({ stage }) => stage.sink.kind === 'cache' && stage.sink.cacheId === cacheId)
    const maker = own ?? this.#lineages.get(cacheId)?.at(-1)
    if (!maker) throw new MillraceError('INTERNAL_ERROR', { message: `nothing makes the cache ${cacheId}` })
    return maker.taskCount
  }
}
