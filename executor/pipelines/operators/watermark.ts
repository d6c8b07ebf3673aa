import type { PhysicalWatermark } from '../../../planner/plan/physical/stateful.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { whenNotNull } from '../../compiler/expression/nulls.js'
import type { ScalarValue } from '../../compiler/expression/value.js'
import type { Local } from '../../compiler/wasm/types.js'
import type { Consumer } from '../codegen/consumer.js'
import type { EventTimePlaces } from '../event-times.js'
import type { ExecutableOperator } from './operator.js'

export const watermark: ExecutableOperator<PhysicalWatermark> = {
  produce: (compiler, plan, next) =>
    compiler.input(plan, 0, watermarked(compiler.context, plan, compiler.eventTimes, next)),
}

/** Passes rows on and keeps the greatest value of a timestamp column at an offset of the data area. */
function watermarked(
  context: CompilerContext,
  { ordinal, watermarkId }: PhysicalWatermark,
  eventTimes: EventTimePlaces,
  next: Consumer,
): Consumer {
  const greatest = eventTimes.greatest(watermarkId, context.constants)
  let most: Local
  return {
    begin: (f) => {
      most = f.get(context.constantsBase).load('i64.load', greatest).setNew('i64')
      next.begin(f)
    },
    row: (scope, flow) => {
      const { f } = scope
      const { value, isNull } = scope.column(ordinal) as ScalarValue
      whenNotNull(f, isNull, () => f.get(value).get(most).get(value).get(most).op('i64.gt_s').select().set(most))
      next.row(scope, flow)
    },
    end: (f) => {
      f.get(context.constantsBase).get(most).store('i64.store', greatest)
      next.end(f)
    },
  }
}
