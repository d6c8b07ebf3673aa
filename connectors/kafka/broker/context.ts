import type { GroupCoordinator } from './groups/coordinator.js'
import type { TopicStore } from './log/topic-store.js'
import type { TransactionCoordinator } from './transactions/transaction-coordinator.js'

/** What a request handler may use. */
export interface BrokerContext {
  readonly nodeId: number
  readonly clusterId: string
  readonly host: string
  readonly port: number
  readonly topics: TopicStore
  readonly groups: GroupCoordinator
  readonly transactions: TransactionCoordinator
  readonly defaultPartitions: number
  readonly autoCreateTopics: boolean
  readonly maxMessageBytes: number
  nextProducerId(): Promise<bigint>
}

/** Who asks. */
export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
  readonly clientHost: string
  /** Aborted when the connection ends: nobody waits for the answer any more. */
  readonly signal: AbortSignal
}
