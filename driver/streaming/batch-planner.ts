import type { Json, StreamSource } from '../../connectors/api.js'
import type { Checkpoint } from './checkpoint.js'
import type { StateVersions } from './checkpoint-entries.js'
import { sameJson } from './same-json.js'
import type { Watermarks } from './watermarks.js'

/** How far a query has come: the next batch, where it begins, the watermarks it is to run with, and which state it goes on from. */
export interface Position {
  readonly batchId: number
  readonly from: readonly Json[]
  readonly watermarks: Watermarks
  /** Those that the batch before ran with: what was final by them is gone from the state. */
  readonly earlierWatermarks: Watermarks
  /** The state after the batch before. */
  readonly states: StateVersions
}

/** What is so when a batch is planned, and stays so for it when it is run again. */
interface BatchMoment {
  /** The time by which it runs. */
  readonly timeMs: number
  /** For how many slots it is divided; undefined of a batch that was logged before that was. */
  readonly slots?: number
}

/** A batch about to run. */
export interface PlannedBatch extends Position, BatchMoment {
  readonly until: readonly Json[]
  /** Whether the offset log has it already: it was begun by an earlier run that did not finish it. */
  readonly logged: boolean
}

/**
 * Where a query goes on after a start: at the batch that was begun but not committed, exactly as it was begun, or after the last one
 * that was. A new query begins where its sources say, and that is saved before anything is read: asked again after a crash, a source that
 * begins at its end would leave out what came in between.
 */
export async function recover(
  checkpoint: Checkpoint,
  sources: readonly StreamSource[],
): Promise<{ readonly position: Position; readonly unfinished: PlannedBatch | undefined }> {
  const { lastOffsets: last, lastCommit: commit, states } = checkpoint
  if (last === undefined) {
    const from = checkpoint.firstPositions ?? (await firstPositions(checkpoint, sources))
    const position = { batchId: 0, from, watermarks: {}, earlierWatermarks: {}, states }
    return { position, unfinished: undefined }
  }
  if (commit?.batchId === last.batchId) {
    const times = { watermarks: commit.nextWatermarks, earlierWatermarks: last.watermarks }
    return {
      position: { batchId: last.batchId + 1, from: last.until, ...times, states },
      unfinished: undefined,
    }
  }
  return { position: { ...last, states }, unfinished: { ...last, states, logged: true } }
}

async function firstPositions(checkpoint: Checkpoint, sources: readonly StreamSource[]): Promise<readonly Json[]> {
  const positions = await Promise.all(sources.map((source) => source.initialOffset()))
  await checkpoint.writeFirstPositions(positions)
  return positions
}

/** Up to where the next batch reads, or undefined when no source has anything new and none is wanted without data. */
export async function planBatch(
  position: Position,
  sources: readonly StreamSource[],
  goal: readonly Json[] | undefined,
  wantedWithoutData: boolean,
  moment: BatchMoment,
): Promise<PlannedBatch | undefined> {
  const until = await Promise.all(sources.map((source, i) => source.latestOffset(position.from[i]!, true, goal?.[i])))
  const hasData = until.some((offset, i) => !sameJson(offset, position.from[i]!))
  return hasData || wantedWithoutData ? { ...position, until, ...moment, logged: false } : undefined
}
