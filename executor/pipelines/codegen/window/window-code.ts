import { shapeOf } from '../../../../columnar/shape.js'
import type { Fold, WindowCall } from '../../../../planner/plan/expression/expression.js'
import type { TablePlace } from '../table-place.js'
import { GrowingExtremeCode, SlidingExtremeCode } from './extremes.js'
import { GrowingTotalCode, RecomputedCode } from './frame-totals.js'
import type { WindowCode } from './partition-site.js'
import { FramePickCode, OffsetPickCode } from './picked-rows.js'
import { RankingCode } from './rankings.js'
import { SlidingStateCode } from './sliding-states.js'
import { SlidingCountCode, SlidingTotalCode } from './sliding-total.js'

/** @param table whose store is for strings */
export function codeOf(call: WindowCall, table: TablePlace): WindowCode {
  const { fn } = call
  switch (fn) {
    case 'row_number':
    case 'rank':
    case 'dense_rank':
    case 'percent_rank':
    case 'cume_dist':
    case 'ntile':
      return new RankingCode(call, fn)
    case 'at_offset':
      return new OffsetPickCode(call)
    case 'first':
    case 'last':
    case 'nth_value':
      return new FramePickCode(call)
    case 'min':
    case 'max':
      return call.frame.lower.kind === 'unbounded' ? new GrowingExtremeCode(call) : new SlidingExtremeCode(call)
    case 'count':
    case 'sum':
    case 'avg': {
      if (call.frame.lower.kind === 'unbounded') return new GrowingTotalCode(call, fn, table)
      if (fn === 'count') return new SlidingCountCode(call)
      if (call.args[0]!.type.kind === 'double') return new SlidingStateCode(call, fn, table)
      return new SlidingTotalCode(call)
    }
    case 'fold':
      if (call.frame.lower.kind === 'unbounded') return new GrowingTotalCode(call, fn, table)
      return isMergeable(call.fold!) ? new SlidingStateCode(call, fn, table) : new RecomputedCode(call, fn, table)
    case 'collect':
      return call.frame.lower.kind === 'unbounded'
        ? new GrowingTotalCode(call, fn, table)
        : new RecomputedCode(call, fn, table)
  }
}

/** Whether states may be kept for each row of a frame and merged out of their order. */
const isMergeable = ({ state, isOrdered }: Fold): boolean =>
  isOrdered !== true && state.every(({ type }) => shapeOf(type) !== 'bytes')
