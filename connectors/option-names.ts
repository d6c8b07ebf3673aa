/*
 * Names of options, of which connectors take what they are given and the API makes types, so that editors complete them. Those of other connectors are listed in
 * `api/sources/formats.ts`, which a test holds against them.
 */

const POSTGRES_TABLE = ['user', 'password', 'dbtable', 'queryTimeout', 'sessionInitStatement'] as const

/** Of tables of PostgreSQL, beside what names the server. */
export const POSTGRES_READ = [
  ...POSTGRES_TABLE,
  'query',
  'partitionColumn',
  'lowerBound',
  'upperBound',
  'numPartitions',
  'fetchsize',
  'pushDownPredicate',
] as const
export const POSTGRES_WRITE = [...POSTGRES_TABLE, 'batchsize', 'truncate', 'isolationLevel', 'upsertKeys'] as const

/** By which a server is named, in the format of Spark and in one of PostgreSQL's own names. */
export const POSTGRES_SERVER = { jdbc: ['url', 'driver'], postgresql: ['connectionString'] } as const
