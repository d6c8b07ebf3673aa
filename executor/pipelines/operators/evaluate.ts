import { leafCount } from '../../../columnar/leaves.js'
import { type Field, field } from '../../../columnar/types.js'
import type { Batch, BatchColumn } from '../../../connectors/api.js'
import type { Expression } from '../../../planner/plan/expression/expression.js'
import type { PhysicalEvaluate } from '../../../planner/plan/physical/user-code.js'
import type { LinearMemory } from '../../memory/linear-memory.js'
import { isDirect } from '../../user-code/column-code.js'
import { evaluatedBlocks } from '../../user-code/evaluated-blocks.js'
import { evaluateDirectly, type ReadyCall, ResultAreas, readyCall, type UserCall } from '../../user-code/evaluation.js'
import type { Step, TaskRun } from '../step.js'
import { asking, whenWorthwhile } from './batchwise.js'
import { ofTask } from './of-task.js'
import type { BatchPipeline, ExecutableOperator } from './operator.js'
import { projectedTo } from './project.js'

/** Keeps some rows, has JavaScript compute what functions of the user give for them, and passes them on. */
export const evaluate: ExecutableOperator<PhysicalEvaluate> = {
  produce(compiler, plan, next) {
    const output = compiler.batchPipeline(plan.attributes, next)
    const width = plan.inputs[0].attributes.length
    const kept = [...output.used].filter((ordinal) => ordinal < width).toSorted((a, b) => a - b)
    const args = plan.calls.flatMap((call) => call.args)
    const fields = [...args.map((arg, i) => field(`argument${i}`, arg.type, arg.nullable)), ...kept.map(fieldAt(plan))]
    const side = compiler.sideOutput(fields)
    const evaluation: Evaluation = {
      calls: plan.calls.map(({ routine, args: of, type }) => ({
        user: routine!.user!,
        label: routine!.label,
        arguments: of.map((arg) => arg.type),
        result: type,
      })),
      fields,
      side: side.number,
      output,
      places: placesOf(plan, kept, args),
    }
    const ready = ofTask<{ calls?: readonly ReadyCall[] }>(() => ({}))
    compiler.step(loaded(evaluation, ready))
    const passOn = passedOn(evaluation, ready)
    const columns = [...args, ...kept.map((ordinal) => columnAt(plan, ordinal))]
    const filled = projectedTo(columns, side.consumer)
    compiler.input(plan, 0, asking(compiler, filled, compiler.between(whenWorthwhile(side.number, passOn)), output))
    compiler.step(passOn)
  },
}

type Ready = (task: TaskRun) => { calls?: readonly ReadyCall[] }

/** What steps know of the node. */
interface Evaluation {
  readonly calls: readonly UserCall[]
  /** The columns that are kept: the arguments of all calls, then what is passed on. */
  readonly fields: readonly Field[]
  readonly side: number
  readonly output: BatchPipeline
  /** Where among the leaves of these columns and of the results each leaf of the node's columns is; undefined for one that nobody reads. */
  readonly places: readonly (number | undefined)[]
}

const fieldAt =
  ({ inputs }: PhysicalEvaluate) =>
  (ordinal: number): Field => {
    const { name, type, nullable } = inputs[0].attributes[ordinal]!
    return field(name, type, nullable)
  }

function columnAt({ inputs }: PhysicalEvaluate, ordinal: number): Expression {
  const { name, type, nullable } = inputs[0].attributes[ordinal]!
  return { kind: 'bound', ordinal, name, type, nullable }
}

function placesOf(plan: PhysicalEvaluate, kept: readonly number[], args: readonly Expression[]): Evaluation['places'] {
  const width = plan.inputs[0].attributes.length
  let next = args.reduce((sum, { type }) => sum + leafCount(type), 0)
  const place = (count: number): readonly number[] => Array.from({ length: count }, () => next++)
  const passed = new Map(kept.map((ordinal) => [ordinal, place(leafCount(plan.attributes[ordinal]!.type))]))
  return plan.attributes.flatMap(({ type }, ordinal): readonly (number | undefined)[] => {
    const count = leafCount(type)
    if (ordinal >= width) return place(count)
    return passed.get(ordinal) ?? Array.from({ length: count }, () => undefined)
  })
}

const loaded =
  ({ calls }: Evaluation, ready: Ready): Step['run'] =>
  async (task) => {
    ready(task).calls = await Promise.all(calls.map(readyCall))
  }

/** Evaluates what waits and runs the pipeline behind over it. */
const passedOn = (evaluation: Evaluation, ready: Ready) => {
  const { calls, output } = evaluation
  const isOfWords = calls.every(
    ({ user, ...call }) => user.form !== 'vectors' && [...call.arguments, call.result].every(isDirect),
  )
  const batches = isOfWords ? directBatches : blockBatches
  return async (task: TaskRun): Promise<void> => {
    const open = () => ({ batches: batches(evaluation, ready(task).calls!, task), isCounted: false })
    if (task.slot(output.pipeline.stop) === 0) await task.runOverBatches(output.pipeline, { ...output, open })
  }
}

function* directBatches({ side, places }: Evaluation, calls: readonly ReadyCall[], task: TaskRun): Generator<Batch> {
  const areas = calls.map(() => new ResultAreas(task.memory))
  try {
    for (const { rows, columns } of task.side(side).takeBatches()) {
      const results = resultsOf(task.memory, calls, columns, rows, areas)
      yield { rows, columns: arranged(places, [...columns, ...results]) }
    }
  } finally {
    for (const area of areas) area.release()
  }
}

function resultsOf(
  memory: LinearMemory,
  calls: readonly ReadyCall[],
  columns: readonly BatchColumn[],
  rows: number,
  areas: readonly ResultAreas[],
): readonly BatchColumn[] {
  let first = 0
  return calls.map((call, i) => {
    const args = columns.slice(first, first + call.arguments.length)
    first += args.length
    return evaluateDirectly(memory, call, args, rows, areas[i]!)
  })
}

async function* blockBatches(
  { side, places, fields }: Evaluation,
  calls: readonly ReadyCall[],
  task: TaskRun,
): AsyncGenerator<Batch> {
  const blocks = task.side(side).takeBlocks()
  for await (const { rows, columns } of evaluatedBlocks(task.memory, calls, fields, blocks))
    yield { rows, columns: arranged(places, columns) }
}

const NOT_READ: BatchColumn = { data: 0, validity: 0 }

const arranged = (places: Evaluation['places'], columns: readonly BatchColumn[]): readonly BatchColumn[] =>
  places.map((place) => (place === undefined ? NOT_READ : columns[place]!))
