import type { StateVersion } from '../common/state-path.js'
import type { OperatorTimes, StreamingTaskInputs } from '../planner/plan/physical/stage-parts.js'

/** What the tasks of a batch have in common. */
export interface StreamingJobInputs extends Omit<StreamingTaskInputs, 'operators'> {
  /** By the ids of the query's stateful operators. */
  readonly operators: Readonly<Record<number, OperatorTimes & { readonly versions: PartitionVersions }>>
}

/** The version of each partition of a state; null as long as there was nothing to keep. */
export type PartitionVersions = readonly (StateVersion | null)[]

/** What a task gets of it, in whose stage are these operators. */
export function streamingTaskInputs(
  { operators, ...batch }: StreamingJobInputs,
  operatorIds: readonly number[],
  partition: number,
): StreamingTaskInputs {
  const own = operatorIds.map((id) => {
    const { versions, ...times } = operators[id]!
    const version = versions[partition]
    return [id, { ...times, ...(version ? { version } : {}) }] as const
  })
  return { ...batch, operators: Object.fromEntries(own) }
}
