import type { PhysicalSample } from '../../../planner/plan/physical/plan.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local } from '../../compiler/wasm/types.js'
import { before, type Consumer } from '../codegen/consumer.js'
import type { Step } from '../step.js'
import type { ExecutableOperator } from './operator.js'

/* Numbers of SplitMix64 (Steele, Lea and Flood, 2014): a counter that grows by an odd constant, mixed. */
const STEP = 0x9e3779b97f4a7c15n
const MIXES = [
  [30n, 0xbf58476d1ce4e5b9n],
  [27n, 0x94d049bb133111ebn],
] as const
const LAST_SHIFT = 31n

/** Of a mixed number 53 bits are taken, as many as a double has. */
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

/** Each task draws numbers of its own. */
const beginCounting =
  (counter: number, seed: bigint): Step['run'] =>
  (task) => {
    const first = mixed(mixed(seed + STEP) + BigInt(task.partition))
    task.memory.view.setBigUint64(task.addressOf(counter), first, true)
  }

function mixed(value: bigint): bigint {
  const end = MIXES.reduce(
    (z, [shift, factor]) => BigInt.asUintN(64, (z ^ (z >> shift)) * factor),
    BigInt.asUintN(64, value),
  )
  return end ^ (end >> LAST_SHIFT)
}

function sampled(context: CompilerContext, { from, to }: PhysicalSample, counter: number, next: Consumer): Consumer {
  const [least, width] = [thresholdOf(from), thresholdOf(to) - thresholdOf(from)]
  let drawn: Local
  const consumer = before(next, (scope, flow) => {
    const { f } = scope
    f.get(drawn).i64(BigInt.asIntN(64, STEP)).op('i64.add').set(drawn)
    pushMixed(f, drawn)
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

/** Pushes a number mixed as `mixed` does it. */
function pushMixed(f: FunctionBuilder, value: Local): void {
  const z = f.get(value).setNew('i64')
  for (const [shift, factor] of MIXES)
    f.get(z).get(z).i64(shift).op('i64.shr_u').op('i64.xor').i64(BigInt.asIntN(64, factor)).op('i64.mul').set(z)
  f.get(z).get(z).i64(LAST_SHIFT).op('i64.shr_u').op('i64.xor')
}
