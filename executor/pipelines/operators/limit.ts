import type { PhysicalLimit } from '../../../planner/plan/physical/ordered.js'
import type { Local } from '../../compiler/wasm/types.js'
import type { Consumer } from '../codegen/consumer.js'
import type { ExecutableOperator, PipelineCompiler } from './operator.js'

export const limit: ExecutableOperator<PhysicalLimit> = {
  produce: (compiler, plan, next) => compiler.input(plan, 0, limited(compiler, plan, next)),
}

/** Passes on rows from `offset` to `offset + limit`, counted over the task, and then stops the source. */
export function limited(
  { context }: PipelineCompiler,
  { limit, offset }: Pick<PhysicalLimit, 'limit' | 'offset'>,
  next: Consumer,
): Consumer {
  const counter = context.constants.reserve(16)
  const last = BigInt(limit) + BigInt(offset)
  let seen: Local
  let stop: number
  return {
    begin: (f) => {
      seen = f.get(context.constantsBase).load('i64.load', counter).setNew('i64')
      next.begin(f)
    },
    row: (scope, flow) => {
      const { f } = scope
      stop = flow.stop
      f.get(seen).i64(last).op('i64.ge_u').brIf(flow.done)
      f.get(seen).i64(1n).op('i64.add').set(seen)
      if (offset > 0) f.get(seen).i64(BigInt(offset)).op('i64.le_u').brIf(flow.skip)
      next.row(scope, flow)
    },
    end: (f) => {
      f.get(context.constantsBase).get(seen).store('i64.store', counter)
      f.get(seen).i64(last).op('i64.ge_u')
      f.if(() => f.get(context.constantsBase).i32(1).store('i32.store', stop))
      next.end(f)
    },
  }
}
