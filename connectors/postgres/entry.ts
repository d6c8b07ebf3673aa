import type { ConnectorEntry } from '../api.js'
import type { PostgresFormat } from './options/format.js'

/** Tables of PostgreSQL, for the registry. */
const connector = (name: PostgresFormat): ConnectorEntry => ({
  name,
  source: async () => (await import('./source.js')).postgresSource(name),
  reader: async () => (await import('./reader/reader.js')).postgresReader(name),
  sink: async () => (await import('./sink/sink.js')).postgresSink(name),
  writer: async () => (await import('./sink/writer.js')).postgresWriter(name),
})

/** By Spark's options, of which the URL is one of JDBC. */
export const jdbcConnector: ConnectorEntry = connector('jdbc')
/** By a connection string, as the programs of PostgreSQL take it. */
export const postgresqlConnector: ConnectorEntry = connector('postgresql')
