import { shapeOf } from '../../../columnar/shape.js'
import type { DataType } from '../../../columnar/types.js'
import type { PhysicalDraw } from '../../../planner/plan/physical/plan.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { bytes, scalar, type Value } from '../../compiler/expression/value.js'
import type { ValueType } from '../../compiler/wasm/types.js'
import { DRAW_BYTES } from '../../kernels/interface/draw.js'
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
    const state = context.constants.reserve(DRAW_BYTES)
    const ordinal = inputs[0].attributes.length
    const { type } = attributes[ordinal]!
    compiler.step(begin(state, kernel, seed))
    const drawing = before(next, (scope, flow) => {
      pushAddressOf(context, scope.f, state)
      next.row(scope.over(withColumn(scope, ordinal, drawn(plan, type, scope))), flow)
    })
    compiler.input({ inputs }, 0, drawing)
  },
}

/** Kernels that count rows instead of drawing. */
const COUNTING: ReadonlySet<string> = new Set(['drawRow', 'drawTask'])

const begin =
  (state: number, kernel: string, seed: bigint): Step['run'] =>
  (task) => {
    const { kernels } = task.memory
    const at = task.addressOf(state)
    if (COUNTING.has(kernel)) kernels.countBegin(at, seed, task.partition)
    else kernels.drawBegin(at, seed, task.partition)
  }

/** Calls the kernel with the address of the state, which is pushed. */
function drawn({ kernel, length }: PhysicalDraw, type: DataType, scope: Scope): Value {
  const { f, context } = scope
  const shape = shapeOf(type)
  if (length !== undefined) f.i32(length)
  if (shape === 'bytes') f.get(context.constantsBase)
  f.call(context.kernel(kernel as keyof Kernels))
  if (shape !== 'bytes') return scalar(type, f.setNew(shape as ValueType), undefined)
  const address = f.get(context.constantsBase).load('i32.load', RESULT_ADDRESS).setNew('i32')
  const size = f.get(context.constantsBase).load('i32.load', RESULT_LENGTH).setNew('i32')
  return bytes(type, address, size, undefined)
}
