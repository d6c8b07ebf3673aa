import type { PhysicalHashJoin } from '../../../planner/plan/physical/plan.js'
import { JOIN_HAS_NULL, TABLE_ROWS } from '../../kernels/interface/table.js'
import type { RowPage } from '../../spill/row-pages.js'
import type { Consumer } from '../codegen/consumer.js'
import { HashJoin } from '../codegen/hash-join.js'
import { LeftMarks } from '../codegen/left-marks.js'
import { SpooledRows } from '../codegen/spooled-rows.js'
import type { Pipeline, Step, TaskRun } from '../step.js'
import { ofTask } from './of-task.js'
import type { PipelineCompiler } from './operator.js'
import { type HashedTable, hashedRows, RowParts } from './row-parts.js'
import { adjacentRows, rowsOf } from './stored-rows.js'

/** For each row of a table: its entries in a directory of up to three times as many, and its bits of the filter. */
const FINISHING_BYTES = 3 * 8 + 2

/** What the steps of a join know of it. */
interface PartedJoin {
  readonly left: HashedTable
  readonly right: HashedTable
  readonly probe: Pipeline
  /** Of a full join: passes on right rows without a match. */
  readonly unmatched: Pipeline | undefined
  /** Offset of a u32 that is 1 while more right rows with the same keys follow (see `LeftMarks`); an inner join need not know. */
  readonly follows: number | undefined
  readonly isNullAware: boolean
}

/**
 * A join whose sides may both be larger than the memory. Their rows are kept until all are there; those that go to disk are divided by the
 * hashes of their keys, and then part is joined with part.
 */
export function producePartedJoin(compiler: PipelineCompiler, plan: PhysicalHashJoin, next: Consumer): void {
  const { context } = compiler
  const [rightTable, leftTable] = [compiler.table(), compiler.table()]
  const leftMarks = new LeftMarks(context)
  const marks = plan.type === 'inner' ? undefined : leftMarks
  const join = new HashJoin(context, plan, rightTable, marks)
  const spool = new SpooledRows(context, plan, join, leftTable, leftMarks)
  const right = hashedRows({ table: rightTable, width: join.width, refs: join.refs })
  const left = hashedRows({ table: leftTable, width: spool.width, refs: spool.refs })
  const partsOf = ofTask((task) => ({ left: new RowParts(task, left), right: new RowParts(task, right) }))
  compiler.step(held(partsOf, 'right'))
  compiler.input(plan, 1, join.build)
  compiler.step(held(partsOf, 'left'))
  compiler.input(plan, 0, spool)
  const probe = compiler.pipeline(
    adjacentRows(spool.width, (row) => spool.source(row)),
    join.probe(next),
  )
  let unmatched: Pipeline | undefined
  if (plan.type === 'full') {
    const { consumer, source } = join.unmatched(next)
    unmatched = compiler.pipeline(adjacentRows(join.width, source), consumer)
  }
  const { isNullAware } = plan
  compiler.step(joined({ left, right, probe, unmatched, follows: marks?.follows, isNullAware }, partsOf))
  compiler.release(rightTable)
  compiler.release(leftTable)
}

type PartsOf = (task: TaskRun) => { readonly left: RowParts; readonly right: RowParts }

const held =
  (partsOf: PartsOf, side: 'left' | 'right'): Step['run'] =>
  (task) =>
    task.arbiter.hold(partsOf(task)[side])

const joined =
  (join: PartedJoin, partsOf: PartsOf): Step['run'] =>
  async (task) => {
    const { left, right } = partsOf(task)
    task.arbiter.release(left)
    task.arbiter.release(right)
    const isInMemory = !left.isOnDisk && !right.isOnDisk && hasRoom(task, right)
    if (isInMemory) await joinInMemory(task, join)
    else await new JoinOfParts(task, join).run(left, right)
  }

/** Joins all rows, which are still in memory. */
async function joinInMemory(task: TaskRun, { left, right, probe, unmatched }: PartedJoin): Promise<void> {
  task.memory.kernels.joinFinish(task.addressOf(right.table), right.width)
  await task.runOverRows(probe, rowsOf(task, left.table, left.width))
  if (unmatched) await task.runOverRows(unmatched, rowsOf(task, right.table, right.width))
}

/** Whether the table of the right side can be finished. */
function hasRoom(task: TaskRun, right: RowParts): boolean {
  const bytes = right.rows * FINISHING_BYTES
  return task.arbiter.secured(bytes) >= bytes
}

/** What the rows of pages take when their table is finished. */
const bytesToFinish = (pages: readonly RowPage[]): number =>
  pages.reduce((sum, { length, rows }) => sum + length + rows * FINISHING_BYTES, 0)

const rowsIn = (pages: readonly RowPage[]): number => pages.reduce((sum, { rows }) => sum + rows, 0)

/** Joins part with part. */
class JoinOfParts {
  readonly #task: TaskRun
  readonly #join: PartedJoin
  readonly #hasNull: number
  #rightRows = 0

  constructor(task: TaskRun, join: PartedJoin) {
    this.#task = task
    this.#join = join
    this.#hasNull = task.slot(join.right.table + JOIN_HAS_NULL)
  }

  async run(left: RowParts, right: RowParts): Promise<void> {
    const [lefts, rights] = [left.take(), right.take()]
    this.#rightRows = rights.reduce((sum, pages) => sum + rowsIn(pages), 0)
    for (const [i, pages] of lefts.entries()) await this.#part(left, pages, right, rights[i]!)
  }

  async #part(left: RowParts, lefts: readonly RowPage[], right: RowParts, rights: readonly RowPage[]): Promise<void> {
    const { follows, unmatched } = this.#join
    if (lefts.length === 0 && !(unmatched && rights.length > 0)) return
    if (follows === undefined && rights.length === 0) return
    const chunks = this.#chunks(rights)
    if (chunks.length > 1) {
      const divided = await this.#divided(right, rights)
      // One part of many means that it is one key, or several with the same hash.
      if (divided.filter((pages) => pages.length > 0).length > 1) {
        const dividedLeft = await this.#divided(left, lefts)
        const [nextLeft, nextRight] = [left.deeper(), right.deeper()]
        for (const [i, pages] of divided.entries()) await this.#part(nextLeft, dividedLeft[i]!, nextRight, pages)
        return
      }
    }
    let marked = lefts
    for (const [i, chunk] of chunks.entries())
      marked = await this.#chunk(left, marked, right, chunk, i < chunks.length - 1)
  }

  /** The pages of the right side that fit into memory together; none when there are none. */
  #chunks(pages: readonly RowPage[]): readonly (readonly RowPage[])[] {
    const chunks: RowPage[][] = [[]]
    const most = this.#task.arbiter.secured(bytesToFinish(pages))
    let bytes = 0
    for (const page of pages) {
      const needed = page.length + page.rows * FINISHING_BYTES
      if (bytes > 0 && bytes + needed > most) {
        chunks.push([])
        bytes = 0
      }
      bytes += needed
      chunks.at(-1)!.push(page)
    }
    return chunks
  }

  /** Divides the rows of pages by the next bits of their hashes. */
  async #divided(parts: RowParts, pages: readonly RowPage[]): Promise<readonly (readonly RowPage[])[]> {
    const deeper = parts.deeper()
    if (!deeper.canDivide) return [pages]
    this.#task.arbiter.hold(deeper)
    for (const page of pages) {
      deeper.adopt(page)
      await this.#task.arbiter.relieve()
    }
    this.#task.arbiter.release(deeper)
    return deeper.take()
  }

  /** Joins left rows with right ones in memory. Returns the left rows, which note their matches where others follow. */
  async #chunk(
    left: RowParts,
    lefts: readonly RowPage[],
    right: RowParts,
    chunk: readonly RowPage[],
    othersFollow: boolean,
  ): Promise<readonly RowPage[]> {
    const task = this.#task
    const { right: rows, probe, unmatched, isNullAware, follows } = this.#join
    const { kernels } = task.memory
    const table = task.addressOf(rows.table)
    for (const page of chunk) right.adopt(page)
    kernels.joinFinish(table, rows.width)
    if (isNullAware) {
      // What NULLs decide, they decide for the whole side.
      task.memory.view.setUint32(table + JOIN_HAS_NULL, this.#hasNull, true)
      task.memory.view.setUint32(table + TABLE_ROWS, this.#rightRows, true)
    }
    if (follows !== undefined) task.memory.view.setUint32(task.addressOf(follows), othersFollow ? 1 : 0, true)
    const probed = (first: number, count: number) => task.runOverRows(probe, [[first, count]])
    const isMarked = follows !== undefined && othersFollow
    const marked = isMarked ? await left.update(lefts, probed) : lefts
    if (!isMarked) await left.forEach(lefts, probed)
    if (unmatched) await task.runOverRows(unmatched, rowsOf(task, rows.table, rows.width))
    kernels.tableRelease(table)
    return marked
  }
}
