import kafkajs from 'kafkajs'

/*
 * The client's own patience is a second to connect. Here broker and client may be in one process, with other tests beside them that make topics at
 * once, each of which the broker puts on a disk that may be busy.
 */
const TRIES = 4
const TRY_MS = 60_000
const LONGEST_PAUSE_MS = 3_000
/** After so long a request has failed. Tests have more time, so that they tell the error of the client. */
export const CLIENT_PATIENCE_MS = TRIES * TRY_MS + (TRIES - 1) * LONGEST_PAUSE_MS

const PATIENCE = {
  connectionTimeout: TRY_MS,
  requestTimeout: TRY_MS,
  retry: { retries: TRIES - 1, maxRetryTime: LONGEST_PAUSE_MS },
}

/** A client for tests of brokers at some addresses, divided by commas. */
export const kafkaClient = (servers: string): kafkajs.Kafka =>
  new kafkajs.Kafka({ brokers: servers.split(','), logLevel: kafkajs.logLevel.NOTHING, ...PATIENCE })
