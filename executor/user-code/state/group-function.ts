import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { GroupStateMapping, StateVariable, TimeMode } from '../../../planner/plan/expression/user-function.js'
import type { LoadedFunction } from '../load-function.js'
import { GroupState } from './group-state.js'
import type { ProcessorHandle } from './processor-handle.js'
import { ValueState } from './state-variables.js'
import type { Processor, TimerValues } from './stateful-groups.js'

interface GroupFunctionOptions {
  readonly fn: LoadedFunction
  readonly handle: ProcessorHandle
  /** The state of a group. */
  readonly variable: StateVariable
  readonly mapping: GroupStateMapping
  readonly timeMode: TimeMode
  readonly hasWatermark: boolean
  /** Whether each group is handled once and never again. */
  readonly isOnce: boolean
}

/** A function of the user that gets the state of a group, in the place of an object of a class: its row is a value, its time-out the only timer of the group. */
export class GroupFunction implements Processor {
  readonly #options: GroupFunctionOptions
  readonly #row: ValueState
  readonly #keepsTimers: boolean

  constructor(options: GroupFunctionOptions) {
    const { handle, variable, timeMode, isOnce } = options
    this.#options = options
    this.#row = isOnce ? new ValueState(variable, handle.group, passingCell()) : handle.getValueState(variable.name)
    this.#keepsTimers = timeMode !== 'none' && !isOnce
  }

  handleInitialState(key: readonly unknown[], row: object): void {
    if (this.#row.exists())
      throw new MillraceError('INVALID_API_USE', {
        reason: `the initial state has several rows with the key (${key.join(', ')})`,
      })
    this.#row.update(row)
  }

  handleInputRows(key: readonly unknown[], rows: Iterable<object>, times: TimerValues): unknown {
    return this.#called(key, rows, times, false)
  }

  handleExpiredTimer(key: readonly unknown[], times: TimerValues): unknown {
    return this.#called(key, [], times, true)
  }

  #called(key: readonly unknown[], rows: Iterable<object>, times: TimerValues, hasTimedOut: boolean): unknown {
    const { fn, mapping, timeMode, hasWatermark } = this.#options
    // A time-out is of the last call alone.
    this.#timeOutAt(undefined)
    const call = {
      ...{ timeMode, hasTimedOut },
      processingMs: times.getCurrentProcessingTimeInMs(),
      watermarkMs: hasWatermark ? times.getCurrentWatermarkInMs() : undefined,
    }
    const given = fn(key, rows, new GroupState(this.#row, call, (timeMs) => this.#timeOutAt(timeMs)))
    return mapping.gives === 'rows' ? given : onlyRow(given)
  }

  #timeOutAt(timeMs: number | undefined): void {
    if (!this.#keepsTimers) return
    const { handle } = this.#options
    for (const before of [...handle.listTimers()]) handle.deleteTimer(before)
    if (timeMs !== undefined) handle.registerTimer(timeMs)
  }
}

const onlyRow = async (given: unknown): Promise<readonly unknown[]> => [await given]

/** Holds a value of the group that is handled, until another one is. */
function passingCell() {
  let held: { readonly group: Uint8Array; readonly value: Uint8Array } | undefined
  return {
    get: (group: Uint8Array) => (held?.group === group ? held.value : undefined),
    put: (group: Uint8Array, value: Uint8Array) => {
      held = { group, value }
    },
    clear: () => {
      held = undefined
    },
  }
}
