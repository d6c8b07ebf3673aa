import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { StatefulMapping, StateVariable } from '../../../planner/plan/expression/user-function.js'
import { TIMER_CELLS } from '../../../planner/plan/state-cells.js'
import type { BatchOfState } from '../../pipelines/task.js'
import { type CellKey, parsedKey } from './cell-keys.js'
import { CellList } from './cell-list.js'
import { CellMap } from './cell-map.js'
import { CellValue, type CellVariable, FOR_EVER, type Lifetime } from './cell-value.js'
import { CurrentGroup } from './current-group.js'
import type { KeyedCells } from './keyed-cells.js'
import { ListState, MapState, ValueState } from './state-variables.js'
import { type DueTimer, Timers, timeOf } from './timers.js'

const MICROS = 1000n

interface HandleOptions extends StatefulMapping {
  readonly cells: KeyedCells
  readonly batch: BatchOfState
}

/** Where a class of the user gets its state and timers, and who it is told of the query. */
export class ProcessorHandle {
  readonly group = new CurrentGroup()
  readonly #options: HandleOptions
  readonly #timers: Timers
  /** By the numbers of the variables. */
  readonly #variables: readonly (CellVariable & { readonly state: ValueState | ListState | MapState })[]

  constructor(options: HandleOptions) {
    this.#options = options
    this.#timers = new Timers(options.cells)
    this.#variables = options.variables.map((variable, number) => this.#made(variable, number))
  }

  getValueState(name: string): ValueState {
    return this.#variable('value', name) as ValueState
  }

  getListState(name: string): ListState {
    return this.#variable('list', name) as ListState
  }

  getMapState(name: string): MapState {
    return this.#variable('map', name) as MapState
  }

  getQueryInfo(): { readonly queryId: string; readonly batchId: number } {
    const { queryId, batchId } = this.#options.batch
    return { queryId, batchId }
  }

  /** Calls `handleExpiredTimer` when the clock is past a time, once. */
  registerTimer(expiryTimestampMs: number): void {
    this.#timers.register(this.#timed('registerTimer'), timeIn(expiryTimestampMs))
  }

  deleteTimer(expiryTimestampMs: number): void {
    this.#timers.delete(this.#timed('deleteTimer'), timeIn(expiryTimestampMs))
  }

  listTimers(): Iterable<number> {
    return this.#timers.list(this.#timed('listTimers'))
  }

  /** Lets what has expired up to a time go. @returns the timers among it, in the order of their times, which are there still */
  expire(untilMicros: bigint): readonly DueTimer[] {
    const { cells } = this.#options
    const due: DueTimer[] = []
    cells.bringExpired(untilMicros)
    for (let cell = cells.nextExpired(untilMicros); cell !== 0; cell = cells.nextExpired(untilMicros)) {
      const key: CellKey = parsedKey(cells.key(cell))
      if (key.variable === TIMER_CELLS) due.push({ group: key.group, timeMs: timeOf(key.member) })
      else this.#variables[key.variable]!.expired(key)
    }
    return due
  }

  /** Whether a timer that is due is there still. */
  isSet({ group, timeMs }: DueTimer): boolean {
    return this.#timers.has(group, timeMs)
  }

  take({ group, timeMs }: DueTimer): void {
    this.#timers.delete(group, timeMs)
  }

  #timed(operationType: string): Uint8Array {
    const { timeMode } = this.#options
    if (timeMode !== 'none') return this.group.of(operationType)
    const condition = 'STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_TIME_MODE'
    throw new MillraceError(condition, { operationType, timeMode })
  }

  /** @throws INVALID_API_USE for what was not declared when the query was made */
  #variable(kind: StateVariable['kind'], name: string): ValueState | ListState | MapState {
    const number = this.#options.variables.findIndex((one) => one.name === name && one.kind === kind)
    if (number >= 0) return this.#variables[number]!.state
    const reason = `the ${kind} state ${name} was not declared when the query was made: a class declares all of its state whenever an object is made`
    throw new MillraceError('INVALID_API_USE', { reason })
  }

  #made(variable: StateVariable, number: number) {
    const { cells } = this.#options
    const lifetime = this.#lifetimeOf(variable)
    const of = <C extends CellVariable, S>(variableCells: C, state: S) => ({
      state,
      expired: (key: CellKey) => variableCells.expired(key),
    })
    switch (variable.kind) {
      case 'value': {
        const value = new CellValue(cells, number, lifetime)
        return of(value, new ValueState(variable, this.group, value))
      }
      case 'list': {
        const list = new CellList(cells, number, lifetime)
        return of(list, new ListState(variable, this.group, list))
      }
      case 'map': {
        const map = new CellMap(cells, number, lifetime)
        return of(map, new MapState(variable, this.group, map))
      }
    }
  }

  #lifetimeOf({ ttlMs }: StateVariable): Lifetime {
    if (ttlMs === undefined) return FOR_EVER
    const now = BigInt(this.#options.batch.timeMs) * MICROS
    const expires = now + BigInt(ttlMs) * MICROS
    return { expires: () => expires, isOver: (at) => at <= now }
  }
}

function timeIn(expiryTimestampMs: number): number {
  if (Number.isSafeInteger(expiryTimestampMs)) return expiryTimestampMs
  const reason = `a timer is set for a whole number of milliseconds, and ${String(expiryTimestampMs)} is none`
  throw new MillraceError('INVALID_API_USE', { reason })
}
