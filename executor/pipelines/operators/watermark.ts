import type { PhysicalWatermark } from '../../../planner/plan/physical/stateful.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { whenNotNull } from '../../compiler/expression/nulls.js'
import type { ScalarValue } from '../../compiler/expression/value.js'
import type { Local } from '../../compiler/wasm/types.js'
import type { Consumer } from '../codegen/consumer.js'
import { type EventTimePlaces, SEEN_MAX, SEEN_MIN, SEEN_ROWS, SEEN_SUM } from '../event-times.js'
import type { ExecutableOperator } from './operator.js'

export const watermark: ExecutableOperator<PhysicalWatermark> = {
  produce: (compiler, plan, next) =>
    compiler.input(plan, 0, watermarked(compiler.context, plan, compiler.eventTimes, next)),
}

/** Passes rows on and keeps of a timestamp column, in the data area, what a watermark has seen. */
function watermarked(
  context: CompilerContext,
  { ordinal, watermarkId }: PhysicalWatermark,
  eventTimes: EventTimePlaces,
  next: Consumer,
): Consumer {
  const seen = eventTimes.seenBy(watermarkId, context.constants)
  const { constantsBase } = context
  let most: Local
  let least: Local
  let sum: Local
  let rows: Local
  return {
    begin: (f) => {
      most = f
        .get(constantsBase)
        .load('i64.load', seen + SEEN_MAX)
        .setNew('i64')
      least = f
        .get(constantsBase)
        .load('i64.load', seen + SEEN_MIN)
        .setNew('i64')
      sum = f
        .get(constantsBase)
        .load('f64.load', seen + SEEN_SUM)
        .setNew('f64')
      rows = f
        .get(constantsBase)
        .load('i64.load', seen + SEEN_ROWS)
        .setNew('i64')
      next.begin(f)
    },
    row: (scope, flow) => {
      const { f } = scope
      const { value, isNull } = scope.column(ordinal) as ScalarValue
      whenNotNull(f, isNull, () => {
        f.get(value).get(most).get(value).get(most).op('i64.gt_s').select().set(most)
        f.get(value).get(least).get(value).get(least).op('i64.lt_s').select().set(least)
        f.get(sum).get(value).op('f64.convert_i64_s').op('f64.add').set(sum)
        f.get(rows).i64(1n).op('i64.add').set(rows)
      })
      next.row(scope, flow)
    },
    end: (f) => {
      f.get(constantsBase)
        .get(most)
        .store('i64.store', seen + SEEN_MAX)
      f.get(constantsBase)
        .get(least)
        .store('i64.store', seen + SEEN_MIN)
      f.get(constantsBase)
        .get(sum)
        .store('f64.store', seen + SEEN_SUM)
      f.get(constantsBase)
        .get(rows)
        .store('i64.store', seen + SEEN_ROWS)
      next.end(f)
    },
  }
}
