import type { PhysicalLimit } from '../../../planner/plan/physical/plan.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Local } from '../../compiler/wasm/types.js'
import type { Consumer } from './consumer.js'

/** Passes on rows from `offset` to `offset + limit`, counted over the task, and then stops the source. */
export function limited(
  context: CompilerContext,
  { limit, offset }: PhysicalLimit,
  counter: number,
  next: Consumer,
): Consumer {
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
