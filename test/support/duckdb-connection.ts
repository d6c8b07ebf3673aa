import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** An empty database in this process, of one thread: more take a fifth more of the processors for the small tables of tests. */
export const connect = async (): Promise<DuckDBConnection> =>
  (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
