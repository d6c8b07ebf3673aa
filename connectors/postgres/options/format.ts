/** The names by which tables of PostgreSQL are read and written. They differ in how the server is named. */
export type PostgresFormat = 'jdbc' | 'postgresql'
