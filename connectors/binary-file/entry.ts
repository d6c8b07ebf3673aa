import type { ConnectorEntry } from '../api.js'

/** Files as rows, for the registry. */
export const binaryFileConnector: ConnectorEntry = {
  name: 'binaryFile',
  source: async () => (await import('./source.js')).binaryFileSource,
  reader: async () => (await import('./reader.js')).binaryFileReader,
}
