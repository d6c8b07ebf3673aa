import type { WindowCall } from '../../../../planner/plan/expression/expression.js'
import { GrowingExtremeCode, SlidingExtremeCode } from './extremes.js'
import { GrowingTotalCode } from './growing-total.js'
import type { WindowCode } from './partition-site.js'
import { FramePickCode, OffsetPickCode } from './picked-rows.js'
import { RankingCode } from './rankings.js'
import { SlidingStateCode } from './sliding-states.js'
import { SlidingCountCode, SlidingTotalCode } from './sliding-total.js'

/** @param strings offset in the data area of a store for strings */
export function codeOf(call: WindowCall, strings: number): WindowCode {
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
      if (call.frame.lower.kind === 'unbounded') return new GrowingTotalCode(call, fn, strings)
      if (fn === 'count') return new SlidingCountCode(call)
      if (call.args[0]!.type.kind === 'double') return new SlidingStateCode(call, fn, strings)
      return new SlidingTotalCode(call)
    }
    case 'var_pop':
    case 'var_samp':
    case 'stddev_pop':
    case 'stddev_samp':
    case 'covar_pop':
    case 'covar_samp':
    case 'corr':
      return call.frame.lower.kind === 'unbounded'
        ? new GrowingTotalCode(call, fn, strings)
        : new SlidingStateCode(call, fn, strings)
  }
}
