import { arrowTables } from '../../../columnar/arrow/arrow-table.js'
import type { Block } from '../../../columnar/blocks/block.js'
import { leavesOf } from '../../../columnar/leaves.js'
import { rowsFromBlock } from '../../../columnar/rows.js'
import { structTables } from '../../../columnar/struct-tables.js'
import { type Field, field, type Schema, struct } from '../../../columnar/types.js'
import type { BarrierTaskContext } from '../../../common/barrier.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { type Batch, MAX_BATCH_ROWS } from '../../../connectors/api.js'
import type { PartitionMapping } from '../../../planner/plan/expression/user-function.js'
import type { PhysicalMapPartitions } from '../../../planner/plan/physical/user-code.js'
import { BlockBatches, everyLeaf } from '../../memory/block-batches.js'
import { barrierContext } from '../../user-code/barrier-context.js'
import { calling } from '../../user-code/calling.js'
import { failed, invalidResult, type Signature } from '../../user-code/failure.js'
import { groupwise } from '../../user-code/groupwise.js'
import { loadFunction } from '../../user-code/load-function.js'
import { MappedPartition, NoIterator } from '../../user-code/mapped-partition.js'
import { arrowResults, type ResultBlocks, rowResults } from '../../user-code/mapped-results.js'
import type { Step, TaskRun } from '../step.js'
import { asking, whenWorthwhile } from './batchwise.js'
import { ofTask } from './of-task.js'
import type { BatchPipeline, ExecutableOperator } from './operator.js'
import { projectedTo } from './project.js'

/** Hands rows to a function of the user as they come, and passes on those that it makes of them. */
export const mapPartitions: ExecutableOperator<PhysicalMapPartitions> = {
  produce(compiler, plan, next) {
    const output = compiler.batchPipeline(plan.attributes, next)
    const columns = plan.given.map(({ expression }) => expression)
    const given = plan.given.map(({ name, expression: { type, nullable } }) => field(name, type, nullable))
    const side = compiler.sideOutput(given)
    const { function: user, by, keys, barrier, attributes } = plan
    const gives = attributes.map(({ name, type, nullable }) => field(name, type, nullable))
    const mapping: Mapping = {
      function: user,
      by,
      ...(keys === undefined ? {} : { keys }),
      ...(barrier ? { barrier } : {}),
      given: { fields: given },
      gives: { fields: gives },
      side: side.number,
      output,
    }
    const ready = ofTask<{ partition?: ReadyPartition }>(() => ({}))
    compiler.step(opened(mapping, ready))
    const passOn = passedOn(mapping, ready)
    const filled = projectedTo(columns, side.consumer)
    compiler.input(plan, 0, asking(compiler, filled, compiler.between(whenWorthwhile(side.number, passOn)), output))
    compiler.step(ended(mapping, ready, passOn))
  },
}

/** What steps know of the node. */
interface Mapping extends PartitionMapping {
  readonly given: Schema
  readonly gives: Schema
  readonly side: number
  readonly output: BatchPipeline
}

/** A task's own. */
interface ReadyPartition {
  readonly mapped: MappedPartition<unknown>
  readonly results: ResultBlocks
  /** So many results are taken of the function at once. */
  readonly mostAtOnce: number
  /** What the function gets of a block. */
  itemsOf(block: Block): Iterable<unknown>
}

type Ready = (task: TaskRun) => { partition?: ReadyPartition }

const rowType = ({ fields }: { readonly fields: readonly Field[] }) => struct(fields)

/** Without the columns that the engine adds to tell groups. */
function signatureOf({ function: { name }, by, given, gives, keys }: Mapping): Signature {
  const fields = keys === undefined ? given.fields : given.fields.slice(0, -keys - 1)
  const types = by === 'cogroups' ? fields.map(({ type }) => type) : [rowType({ fields })]
  return { name, arguments: types, result: rowType(gives) }
}

const opened =
  (mapping: Mapping, ready: Ready): Step['run'] =>
  async (task) => {
    const { by, given, gives, keys = 0 } = mapping
    const fn = await loadFunction(mapping.function)
    const more = mapping.barrier ? [contextOf(task)] : []
    const isOfRows = by === 'rows' || by === 'calls'
    const results = (isOfRows ? rowResults : arrowResults)(signatureOf(mapping), gives)
    if (isOfRows) {
      ready(task).partition = {
        mapped: new MappedPartition(by === 'calls' ? calling(fn) : fn, more),
        results,
        mostAtOnce: MAX_BATCH_ROWS,
        itemsOf: (block) => rowsFromBlock(given, block),
      }
      return
    }
    const tableOf = await arrowTables(given)
    const sides = by === 'cogroups' ? { sidesOf: await structTables() } : {}
    const grouped = { schema: given, keys, tableOf, held: task.memory.count('group'), ...sides }
    ready(task).partition =
      by === 'batches'
        ? {
            mapped: new MappedPartition(fn, more),
            results,
            mostAtOnce: 1,
            itemsOf: (block) => tableOf([block]).batches,
          }
        : { mapped: new MappedPartition(groupwise(fn, grouped)), results, mostAtOnce: 1, itemsOf: (block) => [block] }
  }

function contextOf({ partition, environment: { barrier, attempt } }: TaskRun): BarrierTaskContext {
  if (barrier) return barrierContext(barrier, partition, attempt)
  throw new MillraceError('INTERNAL_ERROR', { message: 'a function with a barrier runs in a task without others' })
}

/** Hands on what waits, and runs the pipeline behind over what the function makes of it. */
const passedOn =
  (mapping: Mapping, ready: Ready) =>
  async (task: TaskRun): Promise<void> => {
    const { output, side } = mapping
    const { mapped, itemsOf: items } = ready(task).partition!
    // Until then they are kept where they count as memory of the task.
    if (!mapped.isReady || task.slot(output.pipeline.stop) !== 0) return
    mapped.input.give(itemsIn(task.side(side).takeBlocks(), items))
    const open = () => ({ batches: batchesOf(mapping, ready(task).partition!, task), isCounted: false })
    await task.runOverBatches(output.pipeline, { ...output, open })
    if (mapped.isDone) task.memory.view.setUint32(task.addressOf(output.pipeline.stop), 1, true)
  }

function* itemsIn(blocks: readonly Block[], itemsOf: ReadyPartition['itemsOf']): Generator<unknown> {
  for (const block of blocks) yield* itemsOf(block)
}

/** All rows have been read. */
const ended =
  (mapping: Mapping, ready: Ready, passOn: (task: TaskRun) => Promise<void>): Step['run'] =>
  async (task) => {
    const { mapped } = ready(task).partition!
    await passOnLast(mapping, task, mapped, passOn)
    await telling(mapping, () => mapped.close())
  }

async function passOnLast(
  { output }: Mapping,
  task: TaskRun,
  mapped: MappedPartition<unknown>,
  passOn: (task: TaskRun) => Promise<void>,
): Promise<void> {
  if (mapped.isDone || task.slot(output.pipeline.stop) !== 0) return
  await passOn(task)
  if (mapped.isDone || task.slot(output.pipeline.stop) !== 0) return
  mapped.input.end()
  await passOn(task)
}

/** The batches of what the function gives until it waits for more rows. */
async function* batchesOf(mapping: Mapping, partition: ReadyPartition, task: TaskRun): AsyncGenerator<Batch> {
  const leaves = leavesOf(mapping.gives)
  const batches = new BlockBatches(task.memory, leaves, everyLeaf(leaves))
  const { mapped, results, mostAtOnce } = partition
  try {
    for (;;) {
      const given = await telling(mapping, () => mapped.results(mostAtOnce))
      for (const block of results.of(given)) yield* batches.of(block)
      if (given.length === mostAtOnce) continue
      for (const block of results.rest()) yield* batches.of(block)
      return
    }
  } finally {
    batches.release()
  }
}

/** @throws FAILED_EXECUTE_UDF, INVALID_UDF_RESULT */
async function telling<T>(mapping: Mapping, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof NoIterator) throw invalidResult(signatureOf(mapping), error.value)
    throw MillraceError.is(error) ? error : failed(signatureOf(mapping), error)
  }
}
