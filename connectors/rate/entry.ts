import type { ConnectorEntry } from '../api.js'

/** Numbers that come at a rate, for the registry. */
export const rateConnector: ConnectorEntry = {
  name: 'rate',
  source: async () => (await import('./source.js')).rateSource,
  reader: async () => (await import('./reader.js')).rateReader,
}

/** So many numbers for each batch. */
export const microBatchConnector: ConnectorEntry = {
  name: 'rate-micro-batch',
  source: async () => (await import('./micro-batch/source.js')).microBatchSource,
  reader: async () => (await import('./reader.js')).microBatchReader,
}
