import type { ConnectorEntry } from '../api.js'

/** Lines that a server sends, for the registry. */
export const socketConnector: ConnectorEntry = {
  name: 'socket',
  source: async () => (await import('./source.js')).socketSource,
  reader: async () => (await import('./reader.js')).socketReader,
}
