import type { ConnectorEntry } from '../api.js'

/** Kafka topics, for the registry. */
export const kafkaConnector: ConnectorEntry = {
  name: 'kafka',
  source: async () => (await import('./source/source.js')).kafkaSource,
  reader: async () => (await import('./reader/reader.js')).kafkaReader,
  sink: async () => (await import('./sink/sink.js')).kafkaSink,
  writer: async () => (await import('./sink/writer.js')).kafkaWriter,
}
