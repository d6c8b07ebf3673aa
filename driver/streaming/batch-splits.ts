import type { Split } from '../../connectors/api.js'
import type { PlannedBatch } from './batch-planner.js'
import type { OpenSource } from './open-source.js'
import { sameJson } from './same-json.js'

/** The splits of each scan of a batch, and how long its sources took for them. */
interface PlannedSplits {
  readonly splits: Readonly<Record<number, readonly Split[]>>
  readonly tookMs: number
}

/** What the tasks of batches read. It is asked for while offsets are being logged: sources and disks are waited for at once. */
export class BatchSplits {
  readonly #sources: readonly OpenSource[]
  readonly #slotsFor: (batch: PlannedBatch) => number
  #begun: { readonly batch: PlannedBatch; readonly planning: Promise<PlannedSplits> } | undefined

  constructor(sources: readonly OpenSource[], slotsFor: (batch: PlannedBatch) => number) {
    this.#sources = sources
    this.#slotsFor = slotsFor
  }

  begin(batch: PlannedBatch): void {
    const planning = this.#plan(batch)
    planning.catch(() => undefined) // The batch fails with it when it is run.
    this.#begun = { batch, planning }
  }

  /** Of a batch that is run again they are planned anew. @throws what sources raise */
  of(batch: PlannedBatch): Promise<PlannedSplits> {
    const begun = this.#begun
    this.#begun = undefined
    return begun?.batch === batch ? begun.planning : this.#plan(batch)
  }

  async #plan(batch: PlannedBatch): Promise<PlannedSplits> {
    const { from, until } = batch
    const beganMs = performance.now()
    const planned = this.#sources.map(async ({ scan: { columns, scanId }, stream }, i) => {
      const [start, end] = [from[i]!, until[i]!]
      // What an offset says may be the last thing that was read: only that it is another tells that there is more.
      if (sameJson(start, end)) return [scanId, []] as const
      return [scanId, await stream.planSplits(start, end, columns, this.#slotsFor(batch))] as const
    })
    const splits = Object.fromEntries(await Promise.all(planned))
    return { splits, tookMs: performance.now() - beganMs }
  }
}
