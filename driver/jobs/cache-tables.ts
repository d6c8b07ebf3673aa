import { OutputTable } from '../tasks/output-table.js'
import type { StageState } from '../tasks/stage-state.js'

/** Where the partitions of caches lie, which all jobs share. */
export class CacheTables {
  readonly #tables = new Map<string, OutputTable>()

  /** That of a cache; a new one when it has none. */
  readonly of = (cacheId: string, partitions: number): OutputTable => {
    const table = this.#tables.get(cacheId) ?? new OutputTable(partitions)
    this.#tables.set(cacheId, table)
    return table
  }

  get all(): Iterable<readonly [cacheId: string, OutputTable]> {
    return this.#tables
  }

  drop(cacheId: string): void {
    this.#tables.delete(cacheId)
  }

  forgetExecutor(executorId: string): void {
    for (const table of this.#tables.values()) table.forgetExecutor(executorId)
  }

  /** The caches among the outputs of stages that were dropped since. */
  droppedOf(stages: readonly StageState[]): readonly string[] {
    return stages.flatMap(({ spec: { output }, outputs }) =>
      output.kind === 'cache' && this.#tables.get(output.cacheId) !== outputs ? [output.cacheId] : [],
    )
  }
}
