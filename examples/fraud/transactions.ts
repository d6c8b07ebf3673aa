import { seededRandom } from '../support/random.js'
import { COUNTRIES, type Customer } from './customers.js'

/** Why a transaction was planted as fraud. */
export type Fraud = 'amount' | 'foreign' | 'velocity'

/** Transactions as they go to the topic, and what the generator knows and the query does not. */
export interface TransactionBatch {
  /** Key (card) and JSON of each. */
  readonly messages: readonly { readonly key: string; readonly value: string }[]
}

/** What was planted, to judge the alerts by. */
export interface PlantedTruth {
  /** Numbers of single fraudulent transactions. */
  readonly transactions: Map<number, Fraud>
  /** `card@minute` of planted bursts. */
  readonly bursts: Set<string>
}

const START_MS = Date.UTC(2026, 0, 15, 8)
/** Time between transactions: 150 a second. */
const STEP_MS = 1000 / 150
/** A burst is so many small payments of one card within one minute. */
export const BURST_SIZE = 12
const SHARE = { amount: 0.001, foreign: 0.001, burst: 0.00005, unusual: 0.002, abroad: 0.05 }

/**
 * A stream of card payments in order of time, most of them ordinary: around the customer's usual amount, at home, abroad for those who
 * travel. Planted among them: amounts far above the usual, payments abroad of people who never travel, bursts of small payments.
 * Some honest payments are unusually large too, so that no rule is perfect.
 */
export class TransactionGenerator {
  readonly truth: PlantedTruth = { transactions: new Map(), bursts: new Set() }
  readonly #customers: readonly Customer[]
  readonly #random: () => number
  #next = 0
  #timeMs = START_MS

  constructor(customers: readonly Customer[], seed: number) {
    this.#customers = customers
    this.#random = seededRandom(seed)
  }

  /** The next transactions, at least so many. @param sentAtMs when they are sent, for measuring latency */
  take(count: number, sentAtMs: number): TransactionBatch {
    const messages: { key: string; value: string }[] = []
    while (messages.length < count) {
      this.#timeMs += STEP_MS
      const random = this.#random
      const customer = this.#customers[Math.floor(random() * this.#customers.length)]!
      if (random() < SHARE.burst) this.#burst(customer, sentAtMs, messages)
      else this.#single(customer, sentAtMs, messages)
    }
    return { messages }
  }

  #single(customer: Customer, sentAtMs: number, messages: { key: string; value: string }[]): void {
    const random = this.#random
    const usual = Number(customer.usual_amount.unscaled)
    let cents = Math.max(100, Math.round(usual * (0.3 + random() * 1.8)))
    let country = customer.travels && random() < SHARE.abroad ? this.#otherCountry(customer) : customer.home_country
    const fate = random()
    if (fate < SHARE.amount) {
      cents = Math.round(usual * (6 + random() * 14))
      this.truth.transactions.set(this.#next, 'amount')
    } else if (fate < SHARE.amount + SHARE.foreign && !customer.travels) {
      country = this.#otherCountry(customer)
      this.truth.transactions.set(this.#next, 'foreign')
    } else if (fate > 1 - SHARE.unusual) cents = Math.round(usual * (3 + random() * 4.5))
    messages.push(this.#message(customer, cents, country, this.#timeMs, sentAtMs))
  }

  #burst(customer: Customer, sentAtMs: number, messages: { key: string; value: string }[]): void {
    const minute = Math.floor(this.#timeMs / 60_000)
    this.truth.bursts.add(`${customer.customer_id}@${minute}`)
    for (let i = 0; i < BURST_SIZE; i++) {
      messages.push(
        this.#message(customer, 100 + Math.floor(this.#random() * 400), customer.home_country, this.#timeMs, sentAtMs),
      )
    }
  }

  #otherCountry({ home_country }: Customer): string {
    const others = COUNTRIES.filter((country) => country !== home_country)
    return others[Math.floor(this.#random() * others.length)]!
  }

  #message(
    customer: Customer,
    cents: number,
    country: string,
    timeMs: number,
    sentAtMs: number,
  ): { key: string; value: string } {
    const id = this.#next++
    const card = String(customer.customer_id)
    const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
    const value = `{"tx_id":${id},"card_id":${card},"customer_id":${card},"ts":${Math.floor(timeMs)},"amount":${amount},"country":"${country}","sent_at":${sentAtMs}}`
    return { key: card, value }
  }
}
