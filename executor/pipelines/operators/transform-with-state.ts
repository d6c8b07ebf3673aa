import { leavesOf } from '../../../columnar/leaves.js'
import { field, type Schema, struct } from '../../../columnar/types.js'
import type { Batch } from '../../../connectors/api.js'
import type { Expression } from '../../../planner/plan/expression/expression.js'
import type { StatefulMapping, StateVariable, UserFunction } from '../../../planner/plan/expression/user-function.js'
import type { PhysicalTransformWithState } from '../../../planner/plan/physical/stateful.js'
import { KEYED_EXPIRES } from '../../kernels/interface/keyed-state.js'
import { BlockBatches, everyLeaf } from '../../memory/block-batches.js'
import type { Signature } from '../../user-code/failure.js'
import { type LoadedFunction, loadFunction } from '../../user-code/load-function.js'
import { type ResultBlocks, rowResults } from '../../user-code/mapped-results.js'
import { GroupFunction } from '../../user-code/state/group-function.js'
import { CELL_SCRATCH_BYTES, KeyedCells } from '../../user-code/state/keyed-cells.js'
import { ProcessorHandle } from '../../user-code/state/processor-handle.js'
import { type Processor, StatefulGroups, toldOf } from '../../user-code/state/stateful-groups.js'
import { before, type Consumer } from '../codegen/consumer.js'
import { momentOf } from '../codegen/join-side.js'
import { KeyedRows } from '../codegen/keyed-rows.js'
import type { RowMarks } from '../codegen/row-marks.js'
import type { EventTimeView } from '../event-times.js'
import type { Step, TaskRun } from '../step.js'
import type { BatchOfState } from '../task.js'
import { asking, whenWorthwhile } from './batchwise.js'
import { expired, keptPlaces, keptRows, opened, saved } from './kept-operator.js'
import type { KeptRows } from './kept-rows.js'
import { ofTask } from './of-task.js'
import type { BatchPipeline, ExecutableOperator } from './operator.js'
import { projectedTo } from './project.js'

const MICROS = 1000n

/** Hands rows, in the order of their keys, to an object of a class of the user, and passes on those that it gives. What it keeps lies in cells of a state. */
export const transformWithState: ExecutableOperator<PhysicalTransformWithState> = {
  produce(compiler, plan, next) {
    const { context } = compiler
    const places = keptPlaces(compiler, plan.state)
    const { operatorId, state, late } = places
    const times = compiler.eventTimes.view(operatorId, context.constants)
    const scratch = context.constants.reserve(CELL_SCRATCH_BYTES)
    const rows = new KeyedRows(context, state, late)
    const { width, refs, mark } = rows
    const kept = keptRows(
      compiler,
      {
        ...{ ...places, width, refs, mark },
        replacesStrings: true,
        times: undefined,
        leaving: { expires: KEYED_EXPIRES },
        tellsDue: plan.timeMode === 'processingTime',
      },
      { marks: rows.marks, restore: rows.restoring, load: (row) => rows.source(row) },
    )
    const output = compiler.batchPipeline(plan.attributes, next)
    const given = plan.given.map(({ name, expression: { type, nullable } }) => field(name, type, nullable))
    const side = compiler.sideOutput(given)
    const gives = { fields: plan.attributes.map(({ name, type, nullable }) => field(name, type, nullable)) }
    const { function: user, keys, variables, timeMode, groupState, hasInitial, hasWatermark, isOnce } = plan
    const transform = {
      ...{ user, keys, variables, timeMode, hasWatermark, isOnce, gives, operatorId, state, scratch, times, output },
      ...(groupState ? { groupState } : {}),
      ...(hasInitial ? { hasInitial } : {}),
      given: { fields: given },
    }
    const ready = ofTask<{ groups?: ReadyGroups }>(() => ({}))
    const passOn = passedOn(transform, side.number, ready)
    compiler.step(isOnce ? emptied(state) : opened(kept))
    compiler.step(begun(transform, ready, kept))
    const columns = plan.given.map(({ expression }) => expression)
    const filled = projectedTo(columns, side.consumer)
    const asked = asking(compiler, filled, compiler.between(whenWorthwhile(side.number, passOn)), output)
    const { eventTime } = plan
    compiler.input(plan, 0, eventTime ? withoutLateRows(eventTime, rows.marks, times, asked) : asked)
    compiler.step(ended(transform, ready, passOn))
    if (isOnce) return
    compiler.step(expired(kept))
    compiler.step(saved(kept))
  },
}

/** Begins without a row that was kept before. */
const emptied =
  (state: number): Step['run'] =>
  (task) =>
    task.memory.kernels.groupTableInit(task.addressOf(state))

/** Passes on rows that are not late. */
const withoutLateRows = (eventTime: Expression, marks: RowMarks, { late }: EventTimeView, next: Consumer): Consumer =>
  before(next, (scope, flow) => {
    marks.skipLate(scope, momentOf(eventTime, scope), late, flow)
    next.row(scope, flow)
  })

/** What steps know of the node. */
interface Transform extends StatefulMapping {
  readonly user: UserFunction
  readonly keys: number
  readonly given: Schema
  readonly gives: Schema
  readonly hasWatermark: boolean
  readonly isOnce: boolean
  readonly operatorId: number
  readonly state: number
  readonly scratch: number
  readonly times: EventTimeView
  readonly output: BatchPipeline
}

/** A task's own. */
interface ReadyGroups {
  readonly groups: StatefulGroups
  readonly results: ResultBlocks
  /** Up to which time what expires is past. */
  readonly untilMicros: bigint
}

type Ready = (task: TaskRun) => { groups?: ReadyGroups }

const signatureOf = ({ user: { name }, given, keys, gives }: Transform): Signature => ({
  name,
  arguments: [struct(given.fields.slice(0, given.fields.length - keys))],
  result: struct(gives.fields),
})

const begun =
  (transform: Transform, ready: Ready, kept: KeptRows): Step['run'] =>
  async (task) => {
    const { user, keys, variables, timeMode, given, gives, operatorId, state, scratch, times, isOnce } = transform
    const signature = signatureOf(transform)
    const batch = isOnce ? onlyBatch() : task.states.operator(operatorId).batch
    const onDisk = isOnce ? undefined : kept.onDisk(task)
    const cells = new KeyedCells(task.memory, task.addressOf(state), task.addressOf(scratch), onDisk)
    const handle = new ProcessorHandle({ cells, batch, variables, timeMode })
    const loaded = await loadFunction(user)
    const watermarkMs = watermarkOf(task, times)
    const timerValues = {
      getCurrentProcessingTimeInMs: () => batch.timeMs,
      getCurrentWatermarkInMs: () => (transform.hasWatermark ? Math.max(0, Number(watermarkMs ?? 0n)) : -1),
    }
    const untilMs = timeMode === 'processingTime' ? BigInt(batch.timeMs) : watermarkMs
    const held = task.memory.count('group')
    ready(task).groups = {
      groups: new StatefulGroups({
        processor: processorOf(transform, loaded, handle, signature),
        handle,
        timerValues,
        signature,
        given,
        keys,
        hasInitial: transform.hasInitial === true,
        isCalledWithoutRows: transform.groupState !== undefined,
        held,
        relieve: () => (task.arbiter.isShort() ? task.arbiter.relieve() : undefined),
      }),
      results: rowResults(signature, gives),
      untilMicros: untilMs === undefined || timeMode === 'none' ? 0n : untilMs * MICROS,
    }
  }

/** What Spark calls the batch of a table, which is of no query that goes on. */
const onlyBatch = (): BatchOfState => ({
  queryId: '00000000-0000-0000-0000-000000000000',
  batchId: 0,
  timeMs: Date.now(),
})

/** @throws FAILED_EXECUTE_UDF */
function processorOf(
  { variables, groupState, timeMode, hasWatermark, isOnce }: Transform,
  loaded: LoadedFunction,
  handle: ProcessorHandle,
  signature: Signature,
): Processor {
  if (groupState) {
    const [variable] = variables as readonly [StateVariable]
    return new GroupFunction({ fn: loaded, handle, variable, mapping: groupState, timeMode, hasWatermark, isOnce })
  }
  try {
    return Reflect.construct(loaded, [handle]) as Processor
  } catch (error) {
    throw toldOf(signature, error)
  }
}

/** In milliseconds, as Spark has watermarks. */
function watermarkOf(task: TaskRun, { final }: EventTimeView): bigint | undefined {
  const micros = task.memory.view.getBigInt64(task.addressOf(final), true)
  return micros === NONE ? undefined : (micros - (((micros % MICROS) + MICROS) % MICROS)) / MICROS
}

const NONE = -(1n << 63n)

/** Handles the groups that are whole of what waits, and runs the pipeline behind over what they give. */
const passedOn =
  (transform: Transform, side: number, ready: Ready) =>
  async (task: TaskRun): Promise<void> => {
    const { groups } = ready(task).groups!
    await run(transform, ready, task, groups.take(task.side(side).takeBlocks()), false)
  }

/** All rows have been read. */
const ended =
  (transform: Transform, ready: Ready, passOn: (task: TaskRun) => Promise<void>): Step['run'] =>
  async (task) => {
    await passOn(task)
    const { groups, untilMicros } = ready(task).groups!
    await run(transform, ready, task, groups.end(untilMicros), true)
  }

/** @param isLast whether rows that are kept until there are more of them go on, too */
async function run(
  transform: Transform,
  ready: Ready,
  task: TaskRun,
  given: AsyncIterable<readonly unknown[]>,
  isLast: boolean,
): Promise<void> {
  const { output } = transform
  const batches = batchesOf(transform, ready(task).groups!.results, task, given, isLast)
  await task.runOverBatches(output.pipeline, { ...output, open: () => ({ batches, isCounted: false }) })
}

async function* batchesOf(
  { gives }: Transform,
  results: ResultBlocks,
  task: TaskRun,
  given: AsyncIterable<readonly unknown[]>,
  isLast: boolean,
): AsyncGenerator<Batch> {
  const leaves = leavesOf(gives)
  const batches = new BlockBatches(task.memory, leaves, everyLeaf(leaves))
  try {
    for await (const rows of given) for (const block of results.of(rows)) yield* batches.of(block)
    if (isLast) for (const block of results.rest()) yield* batches.of(block)
  } finally {
    batches.release()
  }
}
