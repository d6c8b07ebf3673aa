import type { BarrierCall, BarrierMethod } from '../../common/barrier.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { TaskBarrier } from '../pipelines/task.js'

interface Waiting {
  resolve(messages: readonly string[]): void
  reject(error: MillraceError): void
}

/** Where a task meets the others of its stage, which the driver sees to. */
export class PortBarrier implements TaskBarrier {
  readonly addresses: readonly string[]
  readonly #send: (call: BarrierCall) => void
  readonly #signal: AbortSignal
  #sequence = 0
  #waiting: Waiting | undefined
  /** Calls that are not awaited come one after the other all the same. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(addresses: readonly string[], send: (call: BarrierCall) => void, signal: AbortSignal) {
    this.addresses = addresses
    this.#send = send
    this.#signal = signal
    signal.addEventListener('abort', () => this.#waiting?.reject(new MillraceError('OPERATION_CANCELED')))
  }

  call(method: BarrierMethod, message: string): Promise<readonly string[]> {
    const call = this.#last.then(() => this.#call(method, message))
    this.#last = call.catch(() => undefined)
    return call
  }

  passed(sequence: number, messages: readonly string[]): void {
    if (sequence === this.#sequence) this.#waiting?.resolve(messages)
  }

  async #call(method: BarrierMethod, message: string): Promise<readonly string[]> {
    if (this.#signal.aborted) throw new MillraceError('OPERATION_CANCELED')
    const passed = new Promise<readonly string[]>((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
    this.#send({ sequence: this.#sequence, method, message })
    const messages = await passed
    this.#waiting = undefined
    this.#sequence++
    return messages
  }
}
