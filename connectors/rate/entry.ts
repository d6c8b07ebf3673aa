import type { ConnectorEntry } from '../api.js'

/** Numbers that come at a rate, for the registry. */
export const rateConnector: ConnectorEntry = {
  name: 'rate',
  source: async () => (await import('./source.js')).rateSource,
  reader: async () => (await import('./reader.js')).rateReader,
}
