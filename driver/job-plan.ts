import { MillraceError } from '../common/errors/millrace-error.js'
import type { Stage } from '../planner/plan/physical/plan.js'
import type { JobSpec, StageOutput, StageSpec } from './jobs/job-spec.js'
import type { PreparedStage } from './prepared-stage.js'

/** A stage within a job, and how the names that its plan uses map to the job's. */
export interface JobStage extends PreparedStage {
  readonly key: number
  /** From the plan's stage id to the job's key. */
  readonly inputKeys: ReadonlyMap<number, number>
  /** From a cache read to the key of the stage that makes it. */
  readonly cacheKeys: ReadonlyMap<string, number>
}

/** The stages that make a cache, kept so that lost partitions can be computed again. The last one writes it. */
export type Lineage = readonly PreparedStage[]

export interface JobPlan {
  readonly spec: JobSpec
  readonly stages: ReadonlyMap<number, JobStage>
  readonly result: JobStage
}

/**
 * Joins a query's stages and the lineages of the caches it reads into one job. Lineages come first; of them only what is missing will
 * run, since a cache's partitions are shared by all jobs.
 */
export function planJob(
  jobId: number,
  query: readonly PreparedStage[],
  lineages: ReadonlyMap<string, Lineage>,
): JobPlan {
  const builder = new JobPlanBuilder(lineages)
  builder.add(query, true)
  const stages = [...builder.stages.values()]
  const result = stages.at(-1)
  if (!result) throw new MillraceError('INTERNAL_ERROR', { message: 'a job without stages' })
  return { spec: { jobId, stages: builder.specs }, stages: builder.stages, result }
}

class JobPlanBuilder {
  readonly stages = new Map<number, JobStage>()
  readonly specs: StageSpec[] = []
  readonly #lineages: ReadonlyMap<string, Lineage>
  readonly #cacheKeys = new Map<string, number>()

  constructor(lineages: ReadonlyMap<string, Lineage>) {
    this.#lineages = lineages
  }

  /** Adds stages that belong together, whose ids are their own name space. */
  add(stages: readonly PreparedStage[], isQuery: boolean): void {
    const keys = new Map<number, number>()
    stages.forEach((prepared, i) => {
      const cacheKeys = new Map(prepared.cacheIds.map((cacheId) => [cacheId, this.#producerOf(cacheId)]))
      const key = this.specs.length
      const { stage, taskCount } = prepared
      const inputKeys = new Map(stage.inputs.map((id) => [id, keyOf(keys, id)]))
      const output = outputOf(stage, isQuery && i === stages.length - 1)
      keys.set(stage.id, key)
      if (output.kind === 'cache') this.#cacheKeys.set(output.cacheId, key)
      const inputs = [...new Set([...inputKeys.values(), ...cacheKeys.values()])]
      this.stages.set(key, { ...prepared, key, inputKeys, cacheKeys })
      const own = { key, inputs, taskCount, output, cacheReads: prepared.cacheIds }
      this.specs.push({ ...own, ...stateOf(prepared), ...mergingOf(prepared) })
    })
  }

  /** The key of the stage that makes a cache, which is added when the job has none yet. */
  #producerOf(cacheId: string): number {
    const known = this.#cacheKeys.get(cacheId)
    if (known !== undefined) return known
    const lineage = this.#lineages.get(cacheId)
    if (!lineage) throw new MillraceError('INTERNAL_ERROR', { message: `nothing makes the cache ${cacheId}` })
    this.add(lineage, false)
    return this.#cacheKeys.get(cacheId)!
  }
}

function keyOf(keys: ReadonlyMap<number, number>, stageId: number): number {
  const key = keys.get(stageId)
  if (key === undefined) throw new MillraceError('INTERNAL_ERROR', { message: `stage ${stageId} does not come first` })
  return key
}

function stateOf({ streaming, operatorIds }: PreparedStage): Pick<StageSpec, 'stateId'> {
  return streaming && operatorIds.length > 0 ? { stateId: `${streaming.queryId}/${operatorIds.join('-')}` } : {}
}

/** Each task of a write makes a file, so small results are written by few tasks; what Spark calls the least size of a partition that was merged. */
const LEAST_WRITTEN_BYTES = 1024 ** 2

/** States of streams lie by partition. */
const mergingOf = ({ streaming, stage }: PreparedStage): Pick<StageSpec, 'leastTaskBytes'> =>
  stage.mergesTasks && !streaming ? { leastTaskBytes: LEAST_WRITTEN_BYTES } : {}

function outputOf(stage: Stage, isResult: boolean): StageOutput {
  switch (stage.sink.kind) {
    case 'cache':
      return { kind: 'cache', cacheId: stage.sink.cacheId }
    case 'write':
      return { kind: 'write' }
    case 'collect':
    case 'shuffle':
      // A stage collected for broadcast is held by executors like any other input of a stage.
      return { kind: isResult ? 'result' : 'map' }
  }
}

/** The stages that the one which writes a cache needs, itself last. */
export function lineageOf(stages: readonly PreparedStage[], cacheStage: PreparedStage): Lineage {
  const wanted = new Set([cacheStage.stage.id])
  for (const { stage } of stages.toReversed()) {
    if (wanted.has(stage.id)) for (const id of stage.inputs) wanted.add(id)
  }
  return stages.filter(({ stage }) => wanted.has(stage.id))
}
