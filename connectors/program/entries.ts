import type { ConnectorEntry } from '../api.js'

/* Sinks that hand the rows of streams to the user's program, for the registry. */

export const consoleConnector: ConnectorEntry = {
  name: 'console',
  rowSink: async () => (await import('./console.js')).consoleSink,
}

export const memoryConnector: ConnectorEntry = {
  name: 'memory',
  rowSink: async () => (await import('./memory.js')).memorySink,
}

export const foreachBatchConnector: ConnectorEntry = {
  name: 'foreachBatch',
  rowSink: async () => (await import('./foreach-batch.js')).foreachBatchSink,
}

export const foreachConnector: ConnectorEntry = {
  name: 'foreach',
  sink: async () => (await import('./foreach.js')).foreachSink,
  writer: async () => (await import('./foreach.js')).foreachWriter,
}
