import type { ConnectorEntry } from '../api.js'

/** Files of Avro, for the registry. */
export const avroConnector: ConnectorEntry = {
  name: 'avro',
  source: async () => (await import('./source.js')).avroSource,
  reader: async () => (await import('./reader/reader.js')).avroReader,
  sink: async () => (await import('./writer/sink.js')).avroSink,
  writer: async () => (await import('./writer/writer.js')).avroWriter,
}
