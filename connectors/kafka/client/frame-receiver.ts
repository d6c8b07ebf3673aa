import { malformed } from './malformed.js'
import { responseBuffers } from './response-buffers.js'

/** More than any broker sends for one request; a length beyond it comes from bytes that are no response. */
const MAX_RESPONSE_BYTES = 256 * 1024 * 1024
const LENGTH_BYTES = 4
/** For responses of which the length is not known yet: most are whole in it. */
const HALL_BYTES = 16 * 1024

/** Says where a socket is to put what comes next, so that a response arrives where it stays, and gives each whole one on, its length in front. */
export class FrameReceiver {
  readonly #take: (frame: Buffer) => void
  readonly #hall = Buffer.allocUnsafeSlow(HALL_BYTES)
  /** A response of which the beginning has arrived. */
  #frame: Buffer | undefined
  /** So much of the response, or else of the hall, is filled. */
  #filled = 0

  constructor(take: (frame: Buffer) => void) {
    this.#take = take
  }

  /** Where the next bytes are to be put. */
  room(): Buffer {
    return (this.#frame ?? this.#hall).subarray(this.#filled)
  }

  /** So many bytes were put there. @throws KAFKA_MALFORMED_RESPONSE */
  received(bytes: number): void {
    this.#filled += bytes
    if (this.#frame === undefined) this.#clearHall()
    else if (this.#filled === this.#frame.length) {
      const frame = this.#frame
      this.#frame = undefined
      this.#filled = 0
      this.#take(frame)
    }
  }

  #clearHall(): void {
    const arrived = this.#hall.subarray(0, this.#filled)
    let at = 0
    while (arrived.length - at >= LENGTH_BYTES) {
      const length = arrived.readInt32BE(at)
      if (length < 0 || length > MAX_RESPONSE_BYTES) throw malformed(`its length is ${length}`)
      const frame = responseBuffers.take(LENGTH_BYTES + length)
      const count = arrived.copy(frame, 0, at)
      if (count < frame.length) {
        this.#frame = frame
        this.#filled = count
        return
      }
      at += count
      this.#take(frame)
    }
    this.#filled = arrived.copy(this.#hall, 0, at)
  }
}
