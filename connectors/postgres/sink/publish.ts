import { setTimeout } from 'node:timers/promises'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { Connection } from '../client/connection.js'
import { identifierList, quotedIdentifier } from '../sql.js'
import { tableText } from '../table-name.js'
import type { PostgresJob } from './job.js'
import { noteBatch } from './stream-log.js'

/** How often a server is asked what became of a transaction that may still be at its end, and how long the pauses are. */
const MOST_ASKED = 20
const PAUSE_MS = 100

/** Brings what tasks have copied into the table: all of it becomes visible at one moment, or nothing. */
export async function publish(job: PostgresJob, tables: readonly string[]): Promise<void> {
  const { connection, options } = job
  const isolation = options.isolation === undefined ? '' : ` isolation level ${options.isolation}`
  await connection.rows(`begin${isolation}`)
  const [row] = await connection.rows('select pg_current_xact_id()::text')
  try {
    if (job.write.streaming) await noteBatch(connection, job.target, job.write.streaming)
    for (const statement of statementsOf(job, tables)) await connection.rows(statement)
  } catch (error) {
    await connection.rows('rollback').catch(() => undefined)
    throw error
  }
  try {
    await connection.rows('commit')
  } catch (error) {
    if (!isLost(error) || !(await isCommitted(job, String(row![0])))) throw error
  }
}

function statementsOf(
  { write, options, target, columns, names, creates }: PostgresJob,
  tables: readonly string[],
): string[] {
  const { schema } = target.table
  const table = tableText(target.table)
  const keys = options.upsertKeys.map((key) => names.find((name) => name === key) ?? key)
  const key = keys.length > 0 ? [`primary key (${identifierList(keys)})`] : []
  const statements: string[] = []
  if (creates && target.exists) statements.push(`drop table ${table}`)
  if (creates) statements.push(`create table ${table} (${[...columns, ...key].join(', ')})`)
  else if (write.mode === 'overwrite') statements.push(`truncate table ${table}`)
  const list = identifierList(names)
  for (const name of tables)
    statements.push(
      `insert into ${table} (${list}) select ${list} from ${tableText({ schema, name })}${onConflict(keys, names)}`,
    )
  return statements
}

/** What becomes of rows that are there, by their keys. */
function onConflict(keys: readonly string[], names: readonly string[]): string {
  if (keys.length === 0) return ''
  const others = names.filter((name) => !keys.includes(name))
  const set = others.map((name) => `${quotedIdentifier(name)} = excluded.${quotedIdentifier(name)}`)
  const action = set.length === 0 ? 'nothing' : `update set ${set.join(', ')}`
  return ` on conflict (${identifierList(keys)}) do ${action}`
}

const isLost = (error: unknown): boolean => MillraceError.is(error) && error.condition === 'POSTGRES_UNAVAILABLE'

/** Asks by another connection: the answer to the commit was lost, not what it did. */
async function isCommitted({ options }: PostgresJob, transaction: string): Promise<boolean> {
  const connection = await Connection.open(options.server)
  try {
    for (let asked = 0; asked < MOST_ASKED; asked++) {
      const [row] = await connection.rows('select pg_xact_status($1::xid8)', [transaction])
      if (row![0] !== 'in progress') return row![0] === 'committed'
      await setTimeout(PAUSE_MS)
    }
    return false
  } finally {
    await connection.close()
  }
}
