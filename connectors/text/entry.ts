import type { ConnectorEntry } from '../api.js'

/** Lines of text files, for the registry. */
export const textConnector: ConnectorEntry = {
  name: 'text',
  source: async () => (await import('./source.js')).textSource,
  reader: async () => (await import('./reader/reader.js')).textReader,
}
