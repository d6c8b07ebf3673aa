import type { ConnectorEntry } from '../../connectors/api.js'

/** State as rows, executor side; listed by no registry, since only the engine knows what it keeps. */
export const stateConnector: ConnectorEntry = {
  name: 'statestore',
  reader: async () => (await import('./state-reader.js')).stateReader,
  writer: async () => (await import('./state-writer.js')).stateWriter,
}
