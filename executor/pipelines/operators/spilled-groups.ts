import type { PhysicalAggregate } from '../../../planner/plan/physical/plan.js'
import { PARTS } from '../../kernels/interface/table.js'
import type { RowPage, RowPages } from '../../spill/row-pages.js'
import type { Consumer } from '../codegen/consumer.js'
import { GroupedAggregate } from '../codegen/grouped-aggregate.js'
import { tableOfPart } from '../codegen/table-place.js'
import type { Pipeline, Step, TaskRun } from '../step.js'
import { ofTask } from './of-task.js'
import type { PipelineCompiler } from './operator.js'
import { type PartedTable, partedGroups, RowParts } from './row-parts.js'
import { adjacentRows } from './stored-rows.js'

/** How groups are read: passed on, merged from rows that were on disk, and passed on when they are merged. */
interface GroupPipelines {
  readonly output: Pipeline
  readonly merge: Pipeline
  readonly mergedOutput: Pipeline
}

/**
 * Groups in parts by the hashes of their keys, of which some go to disk, with what was added up so far, when memory becomes short. At the end those that
 * stayed in memory are passed on, and the rows of each other part are merged, in parts by the next bits.
 */
export function producePartedGroups(compiler: PipelineCompiler, plan: PhysicalAggregate, next: Consumer): void {
  const { context } = compiler
  const { inputs, keys, aggregates, attributes } = plan
  const [own, ofPart] = [compiler.parts(), compiler.parts()]
  const groups = new GroupedAggregate(context, plan, tableOfPart(context, own))
  const merging = { kind: 'aggregate', mode: 'final', inputs, keys, aggregates, attributes } as const
  const merged = new GroupedAggregate(context, merging, tableOfPart(context, ofPart))
  const pipelines = {
    output: compiler.pipeline(
      adjacentRows(groups.width, (row) => groups.source(row)),
      next,
    ),
    merge: compiler.pipeline(
      adjacentRows(groups.width, (row) => groups.stateSource(row)),
      merged,
    ),
    mergedOutput: compiler.pipeline(
      adjacentRows(merged.width, (row) => merged.source(row)),
      next,
    ),
  }
  const parted = new PartedGroups(
    partedGroups({ parts: own, width: groups.width, refs: groups.refs }),
    partedGroups({ parts: ofPart, width: merged.width, refs: merged.refs }),
    pipelines,
  )
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
  readonly #ofPart: PartedTable
  readonly #pipelines: GroupPipelines
  readonly #partsOf: (task: TaskRun) => RowParts

  constructor(own: PartedTable, ofPart: PartedTable, pipelines: GroupPipelines) {
    this.#ofPart = ofPart
    this.#pipelines = pipelines
    this.#partsOf = ofTask((task) => new RowParts(task, own))
  }

  /** Begins to hold groups. */
  hold(task: TaskRun): void {
    task.arbiter.hold(this.#partsOf(task))
  }

  passOn(task: TaskRun): Promise<void> {
    return this.#passAllOn(task, this.#partsOf(task), this.#pipelines.output)
  }

  /** Passes all groups on, first those that are in memory. */
  async #passAllOn(task: TaskRun, parts: RowParts, output: Pipeline): Promise<void> {
    parts.complete()
    for (let part = 0; part < PARTS; part++) {
      if (!parts.isOnDisk(part)) await parts.drain(part, (first, rows) => task.runOverRows(output, [[first, rows]]))
    }
    const onDisk = parts.take()
    task.arbiter.release(parts)
    for (const pages of onDisk) if (pages.length > 0) await this.#mergePart(task, parts.level + 1, parts.pages, pages)
  }

  async #mergePart(task: TaskRun, level: number, from: RowPages, pages: readonly RowPage[]): Promise<void> {
    const { merge, mergedOutput } = this.#pipelines
    const parts = new RowParts(task, this.#ofPart, level)
    task.arbiter.hold(parts)
    await from.forEach(pages, (first, rows) => task.runOverRows(merge, [[first, rows]]))
    await this.#passAllOn(task, parts, mergedOutput)
  }
}
