import type { WriteDescription } from '../../api.js'
import type { Connection } from '../client/connection.js'
import { tableText } from '../table-name.js'

/*
 * Tasks write into tables of their own, beside the target, which are named after the job. The driver holds a lock of the server by the job's
 * number while it runs; the server lets go of it when the driver's connection ends, however that ends. So the tables of a job whose lock
 * nobody holds are left over, and the next job drops them.
 */
const PREFIX = 'millrace_staging_'
const JOB_DIGITS = 32
/** Of the number of a lock. */
const LOCK_DIGITS = 15
/** So long what is left over is waited for by whoever drops it: some task may still be at work on it. */
const LOCK_TIMEOUT = '5s'

const jobDigits = ({ jobId }: Pick<WriteDescription, 'jobId'>): string => jobId.replaceAll('-', '').slice(0, JOB_DIGITS)

/** The table of which those of tasks get their columns: without it none can be made. */
export const modelName = (write: Pick<WriteDescription, 'jobId'>): string => PREFIX + jobDigits(write)

export const taskTableName = (write: Pick<WriteDescription, 'jobId'>, partition: number, attempt: number): string =>
  `${modelName(write)}_${partition}_${attempt}`

const lockNumber = (digits: string): string => String(BigInt(`0x${digits.slice(0, LOCK_DIGITS)}`))

/** Says that a job runs, as long as the connection lasts. */
export async function holdJob(connection: Connection, write: WriteDescription): Promise<void> {
  await connection.rows('select pg_advisory_lock($1)', [lockNumber(jobDigits(write))])
}

/** The schema of a job's tables, in which its target is. @throws POSTGRES_REQUEST_REFUSED when the job is over */
export async function schemaOfJob(connection: Connection, write: WriteDescription): Promise<string> {
  const [row] = await connection.rows('select schemaname::text from pg_tables where tablename = $1', [modelName(write)])
  if (row) return String(row[0])
  throw connection.failure(new Error('the job that this task is of has ended'))
}

/** Drops the tables of a job. Those that cannot be had now are left over. */
export async function dropJob(connection: Connection, write: WriteDescription, schema: string): Promise<void> {
  const names = await stagingTables(connection, schema)
  await dropAll(
    connection,
    schema,
    names.filter((name) => name.startsWith(modelName(write))),
  )
}

/** Drops the tables of jobs that nobody runs any more. */
export async function dropLeftovers(connection: Connection, schema: string): Promise<void> {
  const names = await stagingTables(connection, schema)
  const jobs = new Set(names.map((name) => name.slice(PREFIX.length, PREFIX.length + JOB_DIGITS)))
  for (const job of jobs) {
    const lock = lockNumber(job)
    const [row] = await connection.rows('select pg_try_advisory_lock($1)', [lock])
    if (row?.[0] !== true) continue
    await dropAll(
      connection,
      schema,
      names.filter((name) => name.startsWith(PREFIX + job)),
    )
    await connection.rows('select pg_advisory_unlock($1)', [lock])
  }
}

async function stagingTables(connection: Connection, schema: string): Promise<readonly string[]> {
  const rows = await connection.rows(
    'select tablename::text from pg_tables where schemaname = $1 and tablename ~ $2 order by 1',
    [schema, `^${PREFIX}[0-9a-f]{${JOB_DIGITS}}(_|$)`],
  )
  return rows.map(([name]) => String(name))
}

/** The model first, so that no task makes another one meanwhile. */
async function dropAll(connection: Connection, schema: string, names: readonly string[]): Promise<void> {
  await connection.rows(`set lock_timeout to '${LOCK_TIMEOUT}'`)
  for (const name of names)
    await connection.rows(`drop table if exists ${tableText({ schema, name })}`).catch(() => undefined)
  await connection.rows('reset lock_timeout')
}
