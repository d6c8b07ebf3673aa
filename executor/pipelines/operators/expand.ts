import { shapeOf } from '../../../columnar/shape.js'
import type { DataType } from '../../../columnar/types.js'
import type { LiteralValue } from '../../../planner/plan/expression/literal.js'
import type { PhysicalExpand } from '../../../planner/plan/physical/plan.js'
import { packTexts } from '../../compiler/expression/constant-pool.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { literalBytes } from '../../compiler/expression/literal.js'
import { unsupportedType } from '../../compiler/expression/slots.js'
import { bytes, scalar, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { before, type Consumer } from '../codegen/consumer.js'
import { copySource } from '../codegen/copy-source.js'
import type { ExecutableOperator, PipelineCompiler } from './operator.js'

/** Passes each row on once for each copy. The code of what is above is there once, in a loop over the copies. */
export const expand: ExecutableOperator<PhysicalExpand> = {
  produce: (compiler, plan, next) => compiler.input(plan, 0, expanded(compiler, plan, next)),
}

function expanded(
  compiler: PipelineCompiler,
  { inputs, copies, attributes }: PhysicalExpand,
  next: Consumer,
): Consumer {
  const { context } = compiler
  const width = inputs[0].attributes.length
  const added = attributes.slice(width)
  const tables = added.map(({ type }, i) =>
    constantsOf(
      context,
      type,
      copies.map((copy) => copy[i]!),
    ),
  )
  const load: Parameters<typeof copySource>[3] = (f, copy, i) =>
    loadConstant(context, f, added[i]!.type, tables[i]!, copy)
  const consumer = before(next, (scope, flow) => {
    const { f } = scope
    // What is the same in all copies is computed once, before the loop.
    const kept = Array.from({ length: width }, (_, ordinal) => scope.column(ordinal))
    const copy = f.i32(0).setNew('i32')
    f.loop((again) => {
      const source = copySource(width, (ordinal) => kept[ordinal]!, copy, load)
      f.block((skip) => next.row(scope.over(source), { ...flow, skip }))
      f.get(copy).i32(1).op('i32.add').set(copy)
      f.get(copy).i32(copies.length).op('i32.lt_u').brIf(again)
    })
  })
  return {
    ...consumer,
    begin: (f) => {
      compiler.makesCopies(copies.length)
      consumer.begin(f)
    },
  }
}

/** Puts the constants of a column into the data area, one after the other; returns their offset there. @throws UNSUPPORTED_FEATURE */
function constantsOf({ constants }: CompilerContext, type: DataType, values: readonly LiteralValue[]): number {
  switch (shapeOf(type)) {
    case 'i32':
      return constants.add(new Uint8Array(Int32Array.from(values, Number).buffer))
    case 'i64':
      return constants.add(new Uint8Array(BigInt64Array.from(values as readonly bigint[]).buffer))
    case 'bytes':
      return constants.add(packTexts(values.map(literalBytes)))
    default:
      throw unsupportedType(type)
  }
}

function loadConstant(
  context: CompilerContext,
  f: FunctionBuilder,
  type: DataType,
  offset: number,
  copy: Operand,
): Value {
  const shape = shapeOf(type)
  const entry = (shift: number): Local => {
    f.get(context.constantsBase).get(copy).i32(shift).op('i32.shl').op('i32.add')
    return f.setNew('i32')
  }
  if (shape !== 'bytes') {
    const [load, local] = shape === 'i64' ? (['i64.load', 'i64'] as const) : (['i32.load', 'i32'] as const)
    return scalar(
      type,
      f
        .get(entry(shape === 'i64' ? 3 : 2))
        .load(load, offset)
        .setNew(local),
      undefined,
    )
  }
  const at = entry(3)
  f.get(at).load('i32.load', offset).get(context.constantsBase).op('i32.add').i32(offset).op('i32.add')
  const address = f.setNew('i32')
  return bytes(
    type,
    address,
    f
      .get(at)
      .load('i32.load', offset + 4)
      .setNew('i32'),
    undefined,
  )
}
