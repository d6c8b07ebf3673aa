import { api } from './bundled-api.js'

/** Writes rows into a table of PostgreSQL: what a test kills. */
const [connectionString, dbtable] = process.argv.slice(2)
const session = await api.Session.builder().master('local[2]').config('log.level', 'error').create()
await session
  .range(1000)
  .write.format('postgresql')
  .options({ connectionString: connectionString!, dbtable: dbtable! })
  .mode('append')
  .save()
await session.stop()
