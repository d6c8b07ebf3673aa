import type { KafkaClient } from '../client/kafka-client.js'

const SEQUENCES = 2 ** 31

/**
 * By which brokers recognise a batch that is sent again because its acknowledgement was lost (KIP-98), also after another broker has
 * become the leader. Used by one task at a time, since the batches of a partition are counted.
 */
export class ProducerIdentity {
  readonly id: bigint
  readonly epoch: number
  readonly #next = new Map<string, number>()

  constructor(id: bigint, epoch: number) {
    this.id = id
    this.epoch = epoch
  }

  /** The sequence number of the first record of the next batch of a partition, which has so many. */
  sequence(topic: string, partition: number, records: number): number {
    const key = `${topic}-${partition}`
    const first = this.#next.get(key) ?? 0
    this.#next.set(key, (first + records) % SEQUENCES)
    return first
  }
}

const free = new WeakMap<KafkaClient, ProducerIdentity[]>()

/** One that a finished task gave back, or a new one. @throws KAFKA_UNAVAILABLE */
export async function takeIdentity(client: KafkaClient, signal: AbortSignal): Promise<ProducerIdentity> {
  const kept = free.get(client)?.pop()
  if (kept !== undefined) return kept
  const { producerId, producerEpoch } = await client.newProducer(signal)
  return new ProducerIdentity(producerId, producerEpoch)
}

/** Only after everything sent was acknowledged: the count must go on where the brokers are. */
export function giveBackIdentity(client: KafkaClient, identity: ProducerIdentity): void {
  const kept = free.get(client) ?? []
  kept.push(identity)
  free.set(client, kept)
}
