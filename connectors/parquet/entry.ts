import type { ConnectorEntry } from '../api.js'

/** Parquet files, for the registry. */
export const parquetConnector: ConnectorEntry = {
  name: 'parquet',
  source: async () => (await import('./source.js')).parquetSource,
  reader: async () => (await import('./reader/reader.js')).parquetReader,
  sink: async () => (await import('./writer/sink.js')).parquetSink,
  writer: async () => (await import('./writer/writer.js')).parquetWriter,
}
