import { MillraceError } from '../common/errors/millrace-error.js'
import { withStageNames } from '../planner/plan/physical/adaptivity.js'
import { hasBarrier } from '../planner/plan/physical/inputs.js'
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
 * run, since a cache's partitions are shared by all jobs. `keepsAttemptsApart` is that of the sink, where there is one.
 */
export function planJob(
  jobId: number,
  query: readonly PreparedStage[],
  lineages: ReadonlyMap<string, Lineage>,
  keepsAttemptsApart: boolean,
): JobPlan {
  const builder = new JobPlanBuilder(lineages, keepsAttemptsApart)
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
  readonly #keepsAttemptsApart: boolean
  readonly #cacheKeys = new Map<string, number>()

  constructor(lineages: ReadonlyMap<string, Lineage>, keepsAttemptsApart: boolean) {
    this.#lineages = lineages
    this.#keepsAttemptsApart = keepsAttemptsApart
  }

  /** Adds stages that belong together, whose ids are their own name space. */
  add(stages: readonly PreparedStage[], isQuery: boolean): void {
    const keys = new Map<number, number>()
    stages.forEach((prepared, i) => {
      const cacheKeys = new Map(prepared.cacheIds.map((cacheId) => [cacheId, this.#producerOf(cacheId)]))
      const key = this.specs.length
      const { stage, taskCount } = prepared
      const inputKeys = new Map(stage.inputs.map((id) => [id, keyOf(keys, id)]))
      const output = outputOf(stage, isQuery && i === stages.length - 1, this.#keepsAttemptsApart)
      keys.set(stage.id, key)
      if (output.kind === 'cache') this.#cacheKeys.set(output.cacheId, key)
      const inputs = [...new Set([...inputKeys.values(), ...cacheKeys.values()])]
      this.stages.set(key, { ...prepared, key, inputKeys, cacheKeys })
      const own = { key, inputs, taskCount, output, cacheReads: prepared.cacheIds }
      const together = hasBarrier(stage.root) ? ({ hasBarrier: true } as const) : {}
      this.specs.push({ ...own, ...stateOf(prepared), ...together, ...this.#adaptivityOf(prepared, keys) })
    })
  }

  /** States of streams lie by partition; and tasks that run together are as many as were planned, each of its stage alone. */
  #adaptivityOf({ streaming, stage }: PreparedStage, keys: ReadonlyMap<number, number>): Pick<StageSpec, 'adaptive'> {
    if (!stage.adaptive || streaming || hasBarrier(stage.root)) return {}
    const adaptive = withStageNames(stage.adaptive, (id) => keyOf(keys, id))
    const { broadcast, ...others } = adaptive
    return { adaptive: broadcast && this.specs[broadcast.left]!.hasBarrier ? others : adaptive }
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

function outputOf(stage: Stage, isResult: boolean, keepsAttemptsApart: boolean): StageOutput {
  switch (stage.sink.kind) {
    case 'cache':
      return { kind: 'cache', cacheId: stage.sink.cacheId }
    case 'write':
      return { kind: 'write', keepsAttemptsApart }
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
  return stages.filter(({ stage }) => wanted.has(stage.id)).map(unmeasured)
}

/** What is lost of a cache is made again for others than who had its making measured. */
function unmeasured(prepared: PreparedStage): PreparedStage {
  const { isMeasured, ...stage } = prepared.stage
  return isMeasured ? { ...prepared, stage: Object.freeze(stage) } : prepared
}
