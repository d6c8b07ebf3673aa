import type { DataType } from '../../columnar/types.js'
import { LISTED_BYTES } from '../kernels/interface/packed.js'
import { collectedLoop } from './collected-loop.js'
import type { LoadedAggregator, LoadedFunction } from './load-function.js'
import { NULLS_BYTES, nullsWords } from './row-layout.js'
import { stateBytes } from './state-bytes.js'

/** What makes a list of rows and states one with a single state; lists that have no more than one do not come. */
export function shortening(aggregator: LoadedAggregator, takes: readonly DataType[]): LoadedFunction {
  const stateOf = collectedLoop(aggregator, takes)
  const head = LISTED_BYTES + nullsWords(takes.length + 1) * NULLS_BYTES
  return (list) => list && listOfState(stateBytes(stateOf(list as Uint8Array)), head)
}

function listOfState(state: Uint8Array, head: number): Uint8Array {
  const list = new Uint8Array(head + state.length)
  new DataView(list.buffer).setUint32(0, list.length - LISTED_BYTES, true)
  list.set(state, head)
  return list
}

/** What makes the result of a list of rows and states. */
export function finishing(aggregator: LoadedAggregator, takes: readonly DataType[]): LoadedFunction {
  const stateOf = collectedLoop(aggregator, takes)
  return (list) => aggregator.finish(stateOf(list as Uint8Array))
}
