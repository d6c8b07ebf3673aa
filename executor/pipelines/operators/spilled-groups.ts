import type { PhysicalAggregate } from '../../../planner/plan/physical/plan.js'
import type { RowPage } from '../../spill/row-pages.js'
import type { Consumer } from '../codegen/consumer.js'
import { GroupedAggregate } from '../codegen/grouped-aggregate.js'
import type { Pipeline, Step, TaskRun } from '../step.js'
import { ofTask } from './of-task.js'
import type { PipelineCompiler } from './operator.js'
import { type HashedTable, hashedGroups, RowParts } from './row-parts.js'
import { adjacentRows, rowsOf } from './stored-rows.js'

/** How groups are read: passed on, merged from rows that were on disk, and passed on when they are merged. */
interface GroupPipelines {
  readonly output: Pipeline
  readonly merge: Pipeline
  readonly mergedOutput: Pipeline
}

/**
 * Groups that go to disk in parts by the hashes of their keys, with what was added up so far, when memory becomes short. At the end the rows of
 * each part are merged in a table of their own.
 */
export function producePartedGroups(
  compiler: PipelineCompiler,
  plan: PhysicalAggregate,
  groups: GroupedAggregate,
  ownTable: number,
  next: Consumer,
): void {
  const { inputs, keys, aggregates, attributes } = plan
  const table = compiler.table()
  const merging = { kind: 'aggregate', mode: 'final', inputs, keys, aggregates, attributes } as const
  const merged = new GroupedAggregate(compiler.context, merging, table)
  const { width } = groups
  const pipelines = {
    output: compiler.pipeline(
      adjacentRows(width, (row) => groups.source(row)),
      next,
    ),
    merge: compiler.pipeline(
      adjacentRows(width, (row) => groups.stateSource(row)),
      merged,
    ),
    mergedOutput: compiler.pipeline(
      adjacentRows(merged.width, (row) => merged.source(row)),
      next,
    ),
  }
  const own = hashedGroups({ table: ownTable, width, refs: groups.refs })
  const parted = new PartedGroups(own, hashedGroups({ table, width: merged.width, refs: merged.refs }), pipelines)
  compiler.step(held(parted))
  compiler.input(plan, 0, groups)
  compiler.step(passedOn(parted))
}

const held =
  (groups: PartedGroups): Step['run'] =>
  (task) =>
    groups.hold(task)

const passedOn =
  (groups: PartedGroups): Step['run'] =>
  (task) =>
    groups.passOn(task)

class PartedGroups {
  readonly #own: HashedTable
  readonly #ofPart: HashedTable
  readonly #pipelines: GroupPipelines
  readonly #partsOf: (task: TaskRun) => RowParts

  constructor(own: HashedTable, ofPart: HashedTable, pipelines: GroupPipelines) {
    this.#own = own
    this.#ofPart = ofPart
    this.#pipelines = pipelines
    this.#partsOf = ofTask((task) => new RowParts(task, own))
  }

  /** Begins to hold groups. */
  hold(task: TaskRun): void {
    task.arbiter.hold(this.#partsOf(task))
  }

  /** Passes all groups on. */
  passOn(task: TaskRun): Promise<void> {
    const parts = this.#partsOf(task)
    task.arbiter.release(parts)
    if (parts.isOnDisk) return this.#mergeAll(task, parts)
    return task.runOverRows(this.#pipelines.output, rowsOf(task, this.#own.table, this.#own.width))
  }

  async #mergeAll(task: TaskRun, parts: RowParts): Promise<void> {
    for (const pages of parts.take()) if (pages.length > 0) await this.#mergePart(task, parts, pages)
  }

  async #mergePart(task: TaskRun, from: RowParts, pages: readonly RowPage[]): Promise<void> {
    const { table, width } = this.#ofPart
    this.#ofPart.clear(task)
    const parts = new RowParts(task, this.#ofPart, from.level + 1)
    task.arbiter.hold(parts)
    await from.forEach(pages, (first, rows) => task.runOverRows(this.#pipelines.merge, [[first, rows]]))
    task.arbiter.release(parts)
    if (parts.isOnDisk) return this.#mergeAll(task, parts)
    await task.runOverRows(this.#pipelines.mergedOutput, rowsOf(task, table, width))
    this.#ofPart.clear(task)
  }
}
