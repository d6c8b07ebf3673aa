import type { PhysicalSample } from '../../../planner/plan/physical/plan.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Local } from '../../compiler/wasm/types.js'
import { before, type Consumer } from '../codegen/consumer.js'
import { firstCounter, pushDrawn } from '../codegen/drawn-numbers.js'
import type { Step } from '../step.js'
import type { ExecutableOperator } from './operator.js'

/** Of a drawn number 53 bits are taken, as many as a double has. */
const BITS = 53n
const UNUSED_BITS = 64n - BITS
const thresholdOf = (part: number): bigint => BigInt(Math.round(Math.min(1, Math.max(0, part)) * 2 ** Number(BITS)))

export const sample: ExecutableOperator<PhysicalSample> = {
  produce(compiler, plan, next) {
    const counter = compiler.context.constants.reserve(8)
    compiler.step(beginCounting(counter, plan.seed))
    compiler.input(plan, 0, sampled(compiler.context, plan, counter, next))
  },
}

const beginCounting =
  (counter: number, seed: bigint): Step['run'] =>
  (task) =>
    task.memory.view.setBigUint64(task.addressOf(counter), firstCounter(seed, task.partition), true)

function sampled(context: CompilerContext, { from, to }: PhysicalSample, counter: number, next: Consumer): Consumer {
  const [least, width] = [thresholdOf(from), thresholdOf(to) - thresholdOf(from)]
  let drawn: Local
  const consumer = before(next, (scope, flow) => {
    const { f } = scope
    pushDrawn(f, drawn)
    f.i64(UNUSED_BITS).op('i64.shr_u').i64(least).op('i64.sub').i64(width).op('i64.ge_u').brIf(flow.skip)
    next.row(scope, flow)
  })
  return {
    ...consumer,
    begin: (f) => {
      drawn = f.get(context.constantsBase).load('i64.load', counter).setNew('i64')
      consumer.begin(f)
    },
    end: (f) => {
      f.get(context.constantsBase).get(drawn).store('i64.store', counter)
      consumer.end(f)
    },
  }
}
