import kafkajs from 'kafkajs'

/**
 * The client's own patience is a second to connect, and five tries. Here broker and client may be in one process, with other tests beside them that
 * make topics at once, each of which the broker puts on a disk that may be busy.
 */
const PATIENCE = {
  connectionTimeout: 240_000,
  requestTimeout: 240_000,
  retry: { retries: 12, maxRetryTime: 5_000 },
}

/** A client for tests of brokers at some addresses, divided by commas. */
export const kafkaClient = (servers: string): kafkajs.Kafka =>
  new kafkajs.Kafka({ brokers: servers.split(','), logLevel: kafkajs.logLevel.NOTHING, ...PATIENCE })
