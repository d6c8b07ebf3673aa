import type { CheckpointPlace } from '../../common/checkpoint-files.js'
import { committedBatches, readQuery, versionAt } from './checkpoint-chain.js'
import type { QuerySignature } from './checkpoint-entries.js'
import { stateChanges } from './state-changes.js'

/** A part of a query, and what becomes of what a checkpoint holds of it when the query goes on from there. */
export interface CheckedPart {
  /** `sources`, or an operator by its id and name. */
  readonly part: string
  /** `new` where there is no checkpoint yet; a query does not start when something would be `lost`. */
  readonly fate: 'new' | 'kept' | 'migrated' | 'lost'
  /** What is different, each in words. */
  readonly differences: readonly string[]
}

/** Looks at a checkpoint as a start of the query would, and changes nothing. @throws STREAMING_CHECKPOINT_CORRUPT, FAILED_READ_FILE */
export async function checkedParts(place: CheckpointPlace, signature: QuerySignature): Promise<readonly CheckedPart[]> {
  const known = await readQuery(place)
  const partOf = (operatorId: number, name: string): string => `operator ${operatorId} ${name}`
  if (known === undefined) {
    const operators = signature.operators.map(({ operatorId, name }) => partOf(operatorId, name))
    return ['sources', ...operators].map((part) => ({ part, fate: 'new', differences: [] }))
  }
  const batchId = (await committedBatches(place)).at(-1) ?? -1
  const before = versionAt(known, batchId).signature
  const [was, is] = [before.sources.join('; '), signature.sources.join('; ')]
  const sources: CheckedPart =
    was === is
      ? { part: 'sources', fate: 'kept', differences: [] }
      : { part: 'sources', fate: 'lost', differences: [`it read ${was}, now ${is}`] }
  const operators = stateChanges(before.operators, signature.operators).map(
    ({ operatorId, operatorName, fate, differences }): CheckedPart => ({
      part: partOf(operatorId, operatorName),
      fate,
      differences,
    }),
  )
  return [sources, ...operators]
}
