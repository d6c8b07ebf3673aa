import { ERROR } from '../protocol/error-codes.js'
import type { BatchHeader } from './record-batch.js'

interface Accepted {
  readonly baseSequence: number
  readonly lastSequence: number
  readonly baseOffset: bigint
}

interface Producer {
  epoch: number
  /** The newest batches, so that a retry of one of them is recognised. Kafka keeps five, the most that may be in flight. */
  readonly recent: Accepted[]
}

const KEPT_BATCHES = 5
const MAX_PRODUCERS = 10_000
const SEQUENCE_MODULUS = 2 ** 31

type Verdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'duplicate'; readonly baseOffset: bigint }
  | { readonly kind: 'refused'; readonly error: number }

/** The idempotent producers of a partition (KIP-98): a batch sent again is recognised, a gap is refused. */
export class ProducerSequences {
  readonly #producers = new Map<bigint, Producer>()

  check(first: BatchHeader): Verdict {
    if (first.producerId < 0n) return { kind: 'new' }
    const producer = this.#producers.get(first.producerId)
    if (producer === undefined) return { kind: 'new' }
    if (first.producerEpoch < producer.epoch) return { kind: 'refused', error: ERROR.invalidProducerEpoch }
    if (first.producerEpoch > producer.epoch) {
      return first.baseSequence === 0 ? { kind: 'new' } : { kind: 'refused', error: ERROR.outOfOrderSequence }
    }
    const again = producer.recent.find((batch) => batch.baseSequence === first.baseSequence)
    if (again) return { kind: 'duplicate', baseOffset: again.baseOffset }
    const expected = ((producer.recent.at(-1)?.lastSequence ?? -1) + 1) % SEQUENCE_MODULUS
    return first.baseSequence === expected ? { kind: 'new' } : { kind: 'refused', error: ERROR.outOfOrderSequence }
  }

  /** Remembers a batch that is in the log. */
  note(batch: BatchHeader): void {
    if (batch.producerId < 0n) return
    let producer = this.#producers.get(batch.producerId)
    // The marker of a producer that was fenced has a new epoch; it has no sequence number.
    if (batch.isControl && (producer === undefined || producer.epoch === batch.producerEpoch)) return
    if (producer === undefined) this.#forgetOldest()
    if (producer?.epoch !== batch.producerEpoch) producer = { epoch: batch.producerEpoch, recent: [] }
    this.#producers.delete(batch.producerId)
    this.#producers.set(batch.producerId, producer)
    if (batch.isControl) return
    const lastSequence = (batch.baseSequence + batch.lastOffsetDelta) % SEQUENCE_MODULUS
    producer.recent.push({ baseSequence: batch.baseSequence, lastSequence, baseOffset: batch.baseOffset })
    if (producer.recent.length > KEPT_BATCHES) producer.recent.shift()
  }

  #forgetOldest(): void {
    if (this.#producers.size < MAX_PRODUCERS) return
    const oldest = this.#producers.keys().next()
    if (!oldest.done) this.#producers.delete(oldest.value)
  }
}
