import type { ConnectorEntry } from '../api.js'

/** Files of Arrow's IPC format, for the registry. */
export const arrowConnector: ConnectorEntry = {
  name: 'arrow',
  source: async () => (await import('./source.js')).arrowSource,
  reader: async () => (await import('./reader/reader.js')).arrowReader,
  sink: async () => (await import('./writer/sink.js')).arrowSink,
  writer: async () => (await import('./writer/writer.js')).arrowWriter,
}
