import { shapeOf } from '../../../columnar/shape.js'
import type { DataType } from '../../../columnar/types.js'
import type { PhysicalDraw } from '../../../planner/plan/physical/plan.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { bytes, partsOf, scalar, type Value } from '../../compiler/expression/value.js'
import type { ValueType } from '../../compiler/wasm/types.js'
import { DRAW_BYTES, TWISTER_BYTES } from '../../kernels/interface/draw.js'
import type { Kernels } from '../../kernels/interface/generated.js'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../kernels/interface/text.js'
import { withColumn } from '../codegen/added-column.js'
import { before, pushAddressOf } from '../codegen/consumer.js'
import type { Step } from '../step.js'
import type { ExecutableOperator } from './operator.js'

/** Adds what a kernel gives each row, which keeps a state from row to row. */
export const draw: ExecutableOperator<PhysicalDraw> = {
  produce(compiler, plan, next) {
    const { kernel, seed, inputs, attributes } = plan
    const { context } = compiler
    const state = context.constants.reserve(isOfTwister(kernel) ? TWISTER_BYTES : DRAW_BYTES)
    const ordinal = inputs[0].attributes.length
    const { type } = attributes[ordinal]!
    compiler.step(begin(state, kernel, seed))
    const drawing = before(next, (scope, flow) => {
      next.row(scope.over(withColumn(scope, ordinal, drawn(plan, state, type, scope))), flow)
    })
    compiler.input({ inputs }, 0, drawing)
  },
}

/** Whether a kernel draws as Spark does what depends on a length: by a Mersenne Twister. */
const isOfTwister = (kernel: string): boolean => kernel === 'drawOrder'

/** Kernels that count rows instead of drawing. */
const COUNTING: ReadonlySet<string> = new Set(['drawRow', 'drawTask'])

const begin =
  (state: number, kernel: string, seed: bigint): Step['run'] =>
  (task) => {
    const { kernels } = task.memory
    const at = task.addressOf(state)
    if (COUNTING.has(kernel)) kernels.countBegin(at, seed, task.partition)
    else if (isOfTwister(kernel)) kernels.twisterBegin(at, seed + BigInt(task.partition))
    else kernels.drawBegin(at, seed, task.partition)
  }

/** Calls the kernel with the address of the state, and with the length if there is one. */
function drawn({ kernel, length }: PhysicalDraw, state: number, type: DataType, scope: Scope): Value {
  const { f, context } = scope
  const shape = shapeOf(type)
  const size = length ? partsOf(scope.value(length))[0]! : undefined
  pushAddressOf(context, f, state)
  if (size) f.get(size)
  if (shape === 'bytes') f.get(context.constantsBase)
  f.call(context.kernel(kernel as keyof Kernels))
  if (shape !== 'bytes') return scalar(type, f.setNew(shape as ValueType), undefined)
  const address = f.get(context.constantsBase).load('i32.load', RESULT_ADDRESS).setNew('i32')
  const bytesLength = f.get(context.constantsBase).load('i32.load', RESULT_LENGTH).setNew('i32')
  return bytes(type, address, bytesLength, undefined)
}
