import { setTimeout } from 'node:timers/promises'
import type { Admin, Consumer, Kafka } from 'kafkajs'
import type { Alerts } from './report.js'

/** An alert as it lies in the topic: of a transaction, or of a card and minute. */
type Alert =
  | { readonly tx_id: number; readonly reason: string; readonly sent_at: number }
  | { readonly card_id: number; readonly minute: string; readonly sent_at: number }

const CATCH_UP_MS = 30_000
const POLL_MS = 50

/** Reads the alerts back from their topic, as whoever acts on them would. The same alert again changes nothing. */
export class AlertReader {
  readonly alerts = { transactions: new Map<number, string>(), bursts: new Set<string>(), latenciesMs: [] as number[] }
  /** Alerts of transactions sent before this do not count for latency: they had to wait in the backlog. */
  liveSinceMs = Number.POSITIVE_INFINITY
  readonly #admin: Admin
  readonly #consumer: Consumer
  readonly #topic: string
  #read = 0

  private constructor(kafka: Kafka, topic: string) {
    this.#admin = kafka.admin()
    this.#consumer = kafka.consumer({ groupId: `${topic}-reader`, maxWaitTimeInMs: 20 })
    this.#topic = topic
  }

  static async start(kafka: Kafka, topic: string): Promise<AlertReader> {
    const reader = new AlertReader(kafka, topic)
    await reader.#admin.connect()
    await reader.#consumer.connect()
    await reader.#consumer.subscribe({ topic, fromBeginning: true })
    await reader.#consumer.run({ eachMessage: async ({ message }) => reader.#take(String(message.value)) })
    return reader
  }

  /** Waits until every alert that is in the topic now has been read. */
  async caughtUp(): Promise<Alerts> {
    const offsets = await this.#admin.fetchTopicOffsets(this.#topic)
    const written = offsets.reduce((sum, { high }) => sum + Number(high), 0)
    for (let waitedMs = 0; this.#read < written; waitedMs += POLL_MS) {
      if (waitedMs > CATCH_UP_MS) throw new Error(`only ${this.#read} of ${written} alerts could be read back`)
      await setTimeout(POLL_MS)
    }
    return this.alerts
  }

  async stop(): Promise<void> {
    await this.#consumer.disconnect()
    await this.#admin.disconnect()
  }

  #take(text: string): void {
    const alert = JSON.parse(text) as Alert
    this.#read++
    if ('tx_id' in alert) this.alerts.transactions.set(alert.tx_id, alert.reason)
    else this.alerts.bursts.add(`${alert.card_id}@${Date.parse(alert.minute) / 60_000}`)
    if (alert.sent_at >= this.liveSinceMs) this.alerts.latenciesMs.push(Date.now() - alert.sent_at)
  }
}
