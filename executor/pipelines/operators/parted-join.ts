import type { PhysicalHashJoin } from '../../../planner/plan/physical/plan.js'
import type { Consumer } from '../codegen/consumer.js'
import { HashJoin } from '../codegen/hash-join.js'
import { LeftMarks } from '../codegen/left-marks.js'
import { SpooledRows } from '../codegen/spooled-rows.js'
import { tableOfPart } from '../codegen/table-place.js'
import type { Step, TaskRun } from '../step.js'
import { FINISHING_BYTES, JoinOfParts, type PartedJoin, type Sides, sidesOf } from './join-of-parts.js'
import type { PipelineCompiler } from './operator.js'
import { partedRows } from './row-parts.js'
import { adjacentRows } from './stored-rows.js'

/**
 * A join whose sides may both be larger than the memory. Their rows are kept in parts by the hashes of their keys until all are there, while some parts may
 * go to disk; then part is joined with part.
 */
export function producePartedJoin(compiler: PipelineCompiler, plan: PhysicalHashJoin, next: Consumer): void {
  const { context } = compiler
  const [table, leftParts, rightParts, divided] = [
    compiler.table(),
    compiler.parts(),
    compiler.parts(),
    compiler.parts(),
  ]
  const leftMarks = new LeftMarks(context)
  const marks = plan.type === 'inner' ? undefined : leftMarks
  const join = new HashJoin(context, plan, table, tableOfPart(context, rightParts), marks)
  const spool = new SpooledRows(context, plan, join, tableOfPart(context, leftParts), leftMarks)
  const right = { parts: rightParts, width: join.width, refs: join.refs }
  const left = { parts: leftParts, width: spool.width, refs: spool.refs }
  const partsOf = sidesOf(partedRows(left, 0), partedRows(right, FINISHING_BYTES))
  compiler.step(held(partsOf, 'right'))
  compiler.input(plan, 1, join.build)
  compiler.step(held(partsOf, 'left'))
  compiler.input(plan, 0, spool)
  const probe = compiler.pipeline(
    adjacentRows(spool.width, (row) => spool.source(row)),
    join.probe(next),
  )
  const unmatched = plan.type === 'full' ? join.unmatched(next) : undefined
  const parted: PartedJoin = {
    table,
    width: join.width,
    probe,
    unmatched: unmatched && compiler.pipeline(adjacentRows(join.width, unmatched.source), unmatched.consumer),
    left: partedRows({ ...left, parts: divided }, 0),
    right: partedRows({ ...right, parts: divided }, 0),
    follows: marks?.follows,
    isNullAware: plan.isNullAware,
  }
  compiler.step(joined(parted, partsOf))
}

const held =
  (partsOf: (task: TaskRun) => Sides, side: keyof Sides): Step['run'] =>
  (task) =>
    task.arbiter.hold(partsOf(task)[side])

const joined =
  (join: PartedJoin, partsOf: (task: TaskRun) => Sides): Step['run'] =>
  (task) =>
    new JoinOfParts(task, join).run(partsOf(task))
