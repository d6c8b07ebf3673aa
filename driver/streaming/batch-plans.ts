import type { KnownPartitions, SourceDescription } from '../../connectors/api.js'
import { withoutInitialStates } from '../../planner/physical/initial-states.js'
import type { PhysicalQuery } from '../../planner/physical/plan-physical.js'
import { frozen, withPhysicalInputs } from '../../planner/plan/physical/inputs.js'
import type { PhysicalPlan, PhysicalScan } from '../../planner/plan/physical/plan.js'
import type { DriverConnectors } from '../connectors.js'
import { planReads } from '../plan-reads.js'

/** The partitions that the catalog knows now of a table. @throws TABLE_OR_VIEW_NOT_FOUND */
export type CurrentPartitions = (known: KnownPartitions) => KnownPartitions

/**
 * What each batch of a stream runs: state begins with rows of a table in the first one alone, and tables of files that a stream is joined with
 * have the files that are there when the batch begins.
 */
export class BatchPlans {
  readonly #first: PhysicalQuery
  readonly #others: PhysicalQuery
  readonly #joined: readonly PhysicalScan[]
  readonly #connectors: DriverConnectors
  readonly #partitionsOf: CurrentPartitions

  constructor(planned: PhysicalQuery, connectors: DriverConnectors, partitionsOf: CurrentPartitions) {
    this.#first = planned
    this.#others = { ...planned, root: withoutInitialStates(planned.root) }
    this.#joined = planReads(planned.root).scans.filter(({ streaming, source }) => !streaming && source.asked)
    this.#connectors = connectors
    this.#partitionsOf = partitionsOf
  }

  /** @throws PATH_NOT_FOUND, FAILED_READ_FILE and other conditions of sources */
  async of(batchId: number): Promise<PhysicalQuery> {
    const plan = batchId === 0 ? this.#first : this.#others
    if (this.#joined.length === 0) return plan
    const listed = this.#joined.map(async ({ scanId, source }) => [scanId, await this.#listed(source)] as const)
    return { ...plan, root: withSources(plan.root, new Map(await Promise.all(listed))) }
  }

  /** Which files there are, in which folders; the columns stay those that the query was planned for. */
  async #listed(source: SourceDescription): Promise<SourceDescription> {
    const { files } = await this.#connectors.source(source.provider)
    const { asked } = source
    const known = asked!.partitions?.table ? this.#partitionsOf(asked!.partitions) : asked!.partitions
    const { paths, partitions } = await files!(source.options, { ...asked!, partitions: known })
    return { ...source, paths, ...(partitions ? { partitions } : {}) }
  }
}

function withSources(plan: PhysicalPlan, sources: ReadonlyMap<number, SourceDescription>): PhysicalPlan {
  if (plan.kind !== 'scan') return withPhysicalInputs(plan, (input) => withSources(input, sources))
  const source = sources.get(plan.scanId)
  return source ? frozen({ ...plan, source }) : plan
}
