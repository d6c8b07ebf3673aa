import type { Driver } from './driver.js'
import type { EngineListener } from './events/engine-event.js'
import type { Allocation } from './executors/allocation.js'
import type { Fleet } from './launch/fleet.js'
import { WakeTimer } from './wake-timer.js'

/** How soon after a look the next one may be. */
const PAUSE_MS = 100

/** Has a fleet as many executors as `Allocation` decides, of what the driver has to do. It looks when something happened, and when time has passed that matters. */
export class DynamicAllocation implements EngineListener {
  readonly #driver: Driver
  readonly #fleet: Fleet
  readonly #allocation: Allocation
  readonly #timer = new WakeTimer(() => this.#look())
  #target: number | undefined
  #lookedMs = 0
  /** A look is due without further waiting. */
  #isDue = false
  #isClosed = false

  constructor(driver: Driver, fleet: Fleet, allocation: Allocation) {
    this.#driver = driver
    this.#fleet = fleet
    this.#allocation = allocation
    driver.events.add(this)
    this.onEvent()
  }

  onEvent(): void {
    if (this.#isDue || this.#isClosed) return
    this.#isDue = true
    this.#timer.set(this.#lookedMs + PAUSE_MS, false)
  }

  close(): void {
    this.#isClosed = true
    this.#driver.events.remove(this)
    this.#timer.clear()
  }

  #look(): void {
    const nowMs = performance.now()
    this.#isDue = false
    this.#lookedMs = nowMs
    const load = this.#driver.workload()
    // Those that others started go when others say so.
    const executors = load.executors.filter(({ executorId }) => this.#fleet.started(executorId))
    const { target, leave } = this.#allocation.decide({ ...load, executors }, nowMs)
    if (target !== this.#target) this.#fleet.request(target)
    this.#target = target
    for (const { executorId, reason } of leave) {
      this.#fleet.retire(executorId)
      this.#driver.decommission(executorId, reason)
    }
    this.#timer.set(this.#allocation.wakeAtMs, false)
  }
}
