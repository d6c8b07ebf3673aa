import { MillraceError } from '../common/errors/millrace-error.js'
import type { Json, Split } from '../connectors/api.js'
import type { StageGraph } from '../planner/plan/physical/plan.js'
import type { DriverConnectors } from './connectors.js'
import { type JobPlan, type Lineage, lineageOf, planJob } from './job-plan.js'
import type { JobWrite } from './job-run.js'
import { planReads } from './plan-reads.js'
import { type PreparedStage, prepareStage } from './prepared-stage.js'
import type { StreamingJobInputs } from './streaming-inputs.js'

export interface PreparationRequest {
  readonly splits?: Readonly<Record<number, readonly Split[]>>
  readonly streaming?: StreamingJobInputs
  readonly slots: number
  readonly beforeCommit?: (folders: readonly string[]) => void
  readonly keepPrepared?: (messages: readonly Json[]) => Promise<void>
}

export interface PreparedJob {
  readonly plan: JobPlan
  readonly jobWrite: JobWrite | undefined
}

/** What happens to a job before its write is begun: asking connectors for splits, joining lineages of caches. */
export class JobPreparation {
  readonly #connectors: DriverConnectors
  readonly #lineages = new Map<string, Lineage>()
  #cacheTurn: Promise<unknown> = Promise.resolve()

  constructor(connectors: DriverConnectors) {
    this.#connectors = connectors
  }

  /** Whether the stages that make a cache are known. */
  knowsCache(cacheId: string): boolean {
    return this.#lineages.has(cacheId)
  }

  /** Forgets a cache and those made of it, which could not be made again without it. Gives their ids. */
  dropCache(cacheId: string): readonly string[] {
    this.#lineages.delete(cacheId)
    const made = [...this.#lineages].filter(([, stages]) => stages.some((stage) => stage.cacheIds.includes(cacheId)))
    return [cacheId, ...made.flatMap(([id]) => (this.#lineages.has(id) ? this.dropCache(id) : []))]
  }

  /** The session's own relations that a job may read: its stages, and those that make the caches which they read. */
  localIds(graph: StageGraph): readonly string[] {
    const known = new Set<string>()
    const ofCache = (cacheId: string): readonly string[] => {
      if (known.has(cacheId)) return []
      known.add(cacheId)
      return (this.#lineages.get(cacheId) ?? []).flatMap((stage) => [
        ...stage.localIds,
        ...stage.cacheIds.flatMap(ofCache),
      ])
    }
    return graph.stages.flatMap(({ root }) => {
      const { localIds, cacheIds } = planReads(root)
      return [...localIds, ...cacheIds.flatMap(ofCache)]
    })
  }

  /** @throws what the connectors raise */
  prepare(jobId: number, graph: StageGraph, request: PreparationRequest): Promise<PreparedJob> {
    if (!graph.stages.some(({ sink }) => sink.kind === 'cache')) return this.#prepare(jobId, graph, request)
    // One after the other, so that two jobs which make the same cache agree on its partitions.
    const turn = this.#cacheTurn.then(() => this.#prepare(jobId, graph, request))
    this.#cacheTurn = turn.catch(() => undefined)
    return turn
  }

  async #prepare(jobId: number, graph: StageGraph, request: PreparationRequest): Promise<PreparedJob> {
    const stages: PreparedStage[] = []
    for (const stage of graph.stages) {
      const prepared = await prepareStage(stage, {
        ...request,
        source: (provider) => this.#connectors.source(provider),
        cachePartitions: (cacheId) => this.#cachePartitions(cacheId, stages),
      })
      stages.push(prepared)
    }
    const { sink } = stages.at(-1)!.stage
    const provider = sink.kind === 'write' ? await this.#connectors.sink(sink.write.provider) : undefined
    const isApart = provider?.keepsAttemptsApart ?? false
    const plan = planJob(jobId, this.#asFirstMade(stages), this.#lineages, isApart)
    for (const stage of stages) {
      const { sink } = stage.stage
      if (sink.kind === 'cache' && !this.#lineages.has(sink.cacheId)) {
        this.#lineages.set(sink.cacheId, lineageOf(stages, stage))
      }
    }
    if (sink.kind !== 'write' || !provider) return { plan, jobWrite: undefined }
    const { beforeCommit, keepPrepared } = request
    return { plan, jobWrite: { sink: provider, write: sink.write, beforeCommit, keepPrepared } }
  }

  /**
   * A cache keeps the stages and the division into partitions that it was first made with, since the partitions held were made so: a
   * stage that would make it again gives way to its lineage.
   */
  #asFirstMade(stages: readonly PreparedStage[]): readonly PreparedStage[] {
    const lineageFor = ({ stage: { sink } }: PreparedStage): Lineage | undefined =>
      sink.kind === 'cache' ? this.#lineages.get(sink.cacheId) : undefined
    return lineageFor(stages.at(-1)!) ?? stages.filter((stage) => !lineageFor(stage))
  }

  #cachePartitions(cacheId: string, earlier: readonly PreparedStage[]): number {
    const own = earlier.find(({ stage }) => stage.sink.kind === 'cache' && stage.sink.cacheId === cacheId)
    const maker = this.#lineages.get(cacheId)?.at(-1) ?? own
    if (!maker) throw new MillraceError('INTERNAL_ERROR', { message: `nothing makes the cache ${cacheId}` })
    return maker.taskCount
  }
}
