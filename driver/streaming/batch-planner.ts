import type { Json, StreamSource } from '../../connectors/api.js'
import type { Checkpoint } from './checkpoint.js'
import { sameJson } from './same-json.js'

/** A batch about to run: what it reads of each source, and the watermark it runs with. */
export interface PlannedBatch {
  readonly batchId: number
  readonly from: readonly Json[]
  readonly until: readonly Json[]
  readonly watermarkMicros: bigint | undefined
  /** Whether the offset log has it already: it was begun by an earlier run that did not finish it. */
  readonly logged: boolean
}

/** How far a query has come: the next batch, where it begins, and the watermark it is to run with. */
export interface Position {
  readonly batchId: number
  readonly from: readonly Json[]
  readonly watermarkMicros: bigint | undefined
}

/**
 * Where a query goes on after a start: at the batch that was begun but not committed, exactly as it was begun, or after the last one
 * that was; a new query begins where its sources say.
 */
export async function recover(
  checkpoint: Checkpoint,
  sources: readonly StreamSource[],
): Promise<{ readonly position: Position; readonly unfinished: PlannedBatch | undefined }> {
  const offsets = await checkpoint.lastOffsets()
  const commit = await checkpoint.lastCommit()
  if (offsets === undefined) {
    const from = await Promise.all(sources.map((source) => source.initialOffset()))
    return { position: { batchId: 0, from, watermarkMicros: undefined }, unfinished: undefined }
  }
  const { last, before } = offsets
  if (commit?.batchId === last.batchId) {
    const position = { batchId: last.batchId + 1, from: last.until, watermarkMicros: commit.nextWatermarkMicros }
    return { position, unfinished: undefined }
  }
  const from = before?.until ?? (await Promise.all(sources.map((source) => source.initialOffset())))
  const position = { batchId: last.batchId, from, watermarkMicros: last.watermarkMicros }
  return { position, unfinished: { ...position, until: last.until, logged: true } }
}

/** Up to where the next batch reads, or undefined when no source has anything new and none is wanted without data. */
export async function planBatch(
  position: Position,
  sources: readonly StreamSource[],
  goal: readonly Json[] | undefined,
  wantedWithoutData: boolean,
): Promise<PlannedBatch | undefined> {
  const until = await Promise.all(sources.map((source, i) => source.latestOffset(position.from[i]!, true, goal?.[i])))
  const hasData = until.some((offset, i) => !sameJson(offset, position.from[i]!))
  return hasData || wantedWithoutData ? { ...position, until, logged: false } : undefined
}
