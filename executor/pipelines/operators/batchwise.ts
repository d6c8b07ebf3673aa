import type { Consumer } from '../codegen/consumer.js'
import type { Step, TaskRun } from '../step.js'
import type { BatchPipeline, PipelineCompiler } from './operator.js'

/* What operators share that have JavaScript work on batches of rows, which come to a side output, and run a pipeline over what it gives. */

/** So many rows, or a block full of long ones, are worth a run of JavaScript and of the pipeline behind it; fewer wait for more. */
const WORTHWHILE_ROWS = 4096

export const whenWorthwhile =
  (side: number, passOn: (task: TaskRun) => Promise<void>): Step['run'] =>
  (task) => {
    const rows = task.side(side)
    return rows.hasFull || rows.waiting >= WORTHWHILE_ROWS ? passOn(task) : undefined
  }

/** A consumer that asks after each call for what is to be done between two, and for no more rows when the pipeline behind wants none. */
export function asking(
  { context }: PipelineCompiler,
  filled: Consumer,
  ask: ReturnType<PipelineCompiler['between']>,
  { pipeline }: BatchPipeline,
): Consumer {
  let stop: number
  return {
    begin: (f) => filled.begin(f),
    row: (scope, flow) => {
      stop = flow.stop
      filled.row(scope, flow)
    },
    end: (f) => {
      filled.end(f)
      ask(f)
      f.get(context.constantsBase).load('i32.load', pipeline.stop)
      f.if(() => f.get(context.constantsBase).i32(1).store('i32.store', stop))
    },
  }
}
