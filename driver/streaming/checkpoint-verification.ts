import { join } from 'node:path'
import type { CheckpointPlace } from '../../common/checkpoint-files.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { stateFolder } from '../../common/state-path.js'
import { type CheckpointChain, type KnownQuery, versionAt } from './checkpoint-chain.js'
import type { QuerySignature, QueryVersion, StateVersions } from './checkpoint-entries.js'
import type { CheckpointOwner } from './checkpoint-owner.js'
import { corrupt, decodeEntry } from './log-entry.js'
import { type StateChange, stateChanges } from './state-changes.js'

/**
 * What becomes of the state of a checkpoint when a query goes on from it.
 * @param batchId the last one that was committed, whose state it goes on from
 * @throws STREAMING_CHECKPOINT_MISMATCH when it reads other sources
 */
export function changesFor(
  location: string,
  signature: QuerySignature,
  known: KnownQuery,
  batchId: number | undefined,
): readonly StateChange[] {
  const before = versionAt(known, batchId ?? -1).signature
  const [expected, actual] = [before.sources.join('; '), signature.sources.join('; ')]
  if (expected !== actual)
    throw new MillraceError('STREAMING_CHECKPOINT_MISMATCH', { location, part: 'sources', expected, actual })
  return stateChanges(before.operators, signature.operators)
}

/** @throws STREAMING_STATE_MISMATCH when state would be lost */
export function refuseLoss(location: string, changes: readonly StateChange[]): void {
  const lost = changes.find(({ fate }) => fate === 'lost')
  if (lost === undefined) return
  const { operatorId, operatorName, differences } = lost
  throw new MillraceError('STREAMING_STATE_MISMATCH', {
    location,
    operatorId,
    operatorName,
    difference: differences.join('; '),
  })
}

/** The state that an entry says the next batch goes on from is there; what is in it is verified by those who read it. */
export async function verifyState(
  { files, location }: CheckpointPlace,
  { signature: { operators } }: QueryVersion,
  states: StateVersions,
  batchId: number,
  entry: string,
): Promise<void> {
  for (const { operatorId, partitions } of operators) {
    for (let partition = 0; partition < partitions; partition++) {
      const version = states[operatorId]?.[partition]
      if (version === null) continue
      const path = join(stateFolder(location, operatorId, partition), version?.file ?? '')
      if (version === undefined) throw corrupt(path, `${entry} does not say which state it is`)
      await files.size(path).catch((cause: unknown) => {
        throw corrupt(path, `it is missing, although batch ${batchId} was committed`, cause)
      })
    }
  }
}

/** What earlier starts wrote last is still there: else the end of the logs was removed. */
export async function verifyHeads(
  location: string,
  owner: CheckpointOwner,
  chain: CheckpointChain | undefined,
): Promise<void> {
  for (const { path, text } of await owner.earlierHeads()) {
    const { header, digest } = decodeEntry(path, text)
    if (chain?.digests.get(header.entry) !== digest)
      throw corrupt(join(location, header.entry), 'it was written and is missing now, or was replaced')
  }
}
