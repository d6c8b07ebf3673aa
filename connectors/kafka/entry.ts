import type { ConnectorEntry } from '../api.js'

let isLoaded = false

/** What is never used needs not be loaded to be closed. */
const part =
  <T>(load: () => Promise<T>) =>
  (): Promise<T> => {
    isLoaded = true
    return load()
  }

/** Kafka topics, for the registry. */
export const kafkaConnector: ConnectorEntry = {
  name: 'kafka',
  source: part(async () => (await import('./source/source.js')).kafkaSource),
  reader: part(async () => (await import('./reader/reader.js')).kafkaReader),
  sink: part(async () => (await import('./sink/sink.js')).kafkaSink),
  writer: part(async () => (await import('./sink/writer.js')).kafkaWriter),
  close: async () => {
    if (isLoaded) await (await import('./client/client-lease.js')).closeIdleClients()
  },
}
