import type { ClusterBroker, ConnectionPool } from './kafkajs-internals.js'

/** Which brokers did not answer their last request in time: a broker that hangs keeps its port open, and looks like a good one. */
export class BrokerHealth {
  /** When each was silent last, by address. */
  readonly #silentAt = new Map<string, number>()
  #silences = 0
  #turns = 0

  answered(pool: ConnectionPool): void {
    this.#silentAt.delete(addressOf(pool))
  }

  silent(pool: ConnectionPool): void {
    this.#silentAt.set(addressOf(pool), ++this.#silences)
  }

  /** In the order to ask them: connected ones that answer, others that may, and then those whose silence is longest ago. */
  sorted(brokers: readonly ClusterBroker[]): readonly ClusterBroker[] {
    const rank = (broker: ClusterBroker): number =>
      this.#silentAt.get(addressOf(broker.connectionPool)) ?? (broker.isConnected() ? -1 : 0)
    // Begins with another one each time, so that not one broker is asked for everything.
    const start = this.#turns++ % brokers.length
    return [...brokers.slice(start), ...brokers.slice(0, start)].sort((a, b) => rank(a) - rank(b))
  }
}

const addressOf = ({ host, port }: ConnectionPool): string => `${host}:${port}`
