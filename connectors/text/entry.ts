import type { ConnectorEntry } from '../api.js'

/** Lines of text files, for the registry. */
export const textConnector: ConnectorEntry = {
  name: 'text',
  formats: ['csv', 'json'],
  source: async () => (await import('./source.js')).textSource,
  reader: async () => (await import('./reader/reader.js')).textReader,
  sink: async () => (await import('./writer/sink.js')).textSink,
  writer: async () => (await import('./writer/writer.js')).textWriter,
}
