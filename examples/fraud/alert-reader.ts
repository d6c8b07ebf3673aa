import { setTimeout } from 'node:timers/promises'
import kafkajs, { type Consumer, type Kafka, type Producer } from 'kafkajs'
import type { Alerts } from './report.js'

/** An alert as it lies in the topic: of a transaction, or of a card and minute. */
type Alert =
  | { readonly tx_id: number; readonly reason: string; readonly sent_at: number }
  | { readonly card_id: number; readonly minute: string; readonly payments: number; readonly sent_at: number }
  | { readonly end: true }

const CATCH_UP_MS = 30_000
const POLL_MS = 50

/** Reads the alerts back from their topic, as whoever acts on them would: those that are committed. */
export class AlertReader {
  readonly alerts = {
    transactions: new Map<number, string>(),
    bursts: new Set<string>(),
    repeated: 0,
    latenciesMs: [] as number[],
  }
  /** Alerts of transactions sent before this do not count for latency: they had to wait in the backlog. */
  liveSinceMs = Number.POSITIVE_INFINITY
  readonly #producer: Producer
  readonly #consumer: Consumer
  readonly #topic: string
  readonly #known = new Set<string>()
  #isAtEnd = false

  private constructor(kafka: Kafka, topic: string) {
    this.#producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
    this.#consumer = kafka.consumer({ groupId: `${topic}-reader`, maxWaitTimeInMs: 20 })
    this.#topic = topic
  }

  static async start(kafka: Kafka, topic: string): Promise<AlertReader> {
    const reader = new AlertReader(kafka, topic)
    await reader.#producer.connect()
    await reader.#consumer.connect()
    await reader.#consumer.subscribe({ topic, fromBeginning: true })
    await reader.#consumer.run({ eachMessage: async ({ message }) => reader.#take(String(message.value)) })
    return reader
  }

  /** Waits until every alert that is in the topic now, which has one partition, has been read. */
  async caughtUp(): Promise<Alerts> {
    await this.#producer.send({ topic: this.#topic, messages: [{ value: '{"end":true}' }] })
    for (let waitedMs = 0; !this.#isAtEnd; waitedMs += POLL_MS) {
      if (waitedMs > CATCH_UP_MS) throw new Error(`only ${this.#known.size} alerts could be read back`)
      await setTimeout(POLL_MS)
    }
    return this.alerts
  }

  async stop(): Promise<void> {
    await this.#consumer.disconnect()
    await this.#producer.disconnect()
  }

  #take(text: string): void {
    const alert = JSON.parse(text) as Alert
    if ('end' in alert) {
      this.#isAtEnd = true
      return
    }
    // A burst is told again with each further payment.
    const key = 'tx_id' in alert ? `${alert.tx_id}` : `${alert.card_id}@${alert.minute} ${alert.payments}`
    if (this.#known.has(key)) this.alerts.repeated++
    this.#known.add(key)
    if ('tx_id' in alert) this.alerts.transactions.set(alert.tx_id, alert.reason)
    else this.alerts.bursts.add(`${alert.card_id}@${Date.parse(alert.minute) / 60_000}`)
    if (alert.sent_at >= this.liveSinceMs) this.alerts.latenciesMs.push(Date.now() - alert.sent_at)
  }
}
