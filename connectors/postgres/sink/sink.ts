import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedPath } from '../../../common/errors/quoting.js'
import type { Json, SinkProvider, WriteDescription } from '../../api.js'
import { Connection } from '../client/connection.js'
import type { PostgresFormat } from '../options/format.js'
import { type WriteOptions, writeOptions } from '../options/write-options.js'
import { identifierList } from '../sql.js'
import { tableText } from '../table-name.js'
import type { PostgresJob } from './job.js'
import { publish } from './publish.js'
import { dropJob, dropLeftovers, holdJob, modelName } from './staging.js'
import { isWritten } from './stream-log.js'
import { columnsFor, lookedUp } from './target.js'
import { writtenFromJson } from './written.js'
import { columnsText } from './written-types.js'

/** A table of PostgreSQL, driver side: what the tasks have copied comes into it by one transaction. */
export function postgresSink(format: PostgresFormat): SinkProvider {
  const jobs = new Map<string, PostgresJob>()

  return {
    name: format,
    stream: { modes: ['append', 'update', 'complete'], guarantee: () => 'idempotent' },
    // Each attempt has a table of its own, which the job drops.
    keepsAttemptsApart: true,

    async begin(write: WriteDescription): Promise<boolean> {
      const options = writeOptions(format, write.options)
      refuseFolders(format, write)
      const columns = columnsText(format, write.schema)
      const connection = await Connection.open(options.server)
      try {
        const job = await begun(write, options, connection, columns)
        if (job) jobs.set(write.jobId, job)
        else await connection.close()
        return job !== undefined
      } catch (error) {
        await connection.close()
        throw error
      }
    },

    async commit(write: WriteDescription, messages: readonly Json[]): Promise<void> {
      const job = jobs.get(write.jobId)!
      await publish(
        job,
        messages.flatMap((message) => writtenFromJson(message).table ?? []),
      )
      await ended(job)
      jobs.delete(write.jobId)
    },

    async abort(write: WriteDescription): Promise<void> {
      const job = jobs.get(write.jobId)
      if (!job) return
      jobs.delete(write.jobId)
      await ended(job)
    },
  }
}

/** @throws UNSUPPORTED_FEATURE */
function refuseFolders(format: PostgresFormat, { path, partitionBy }: WriteDescription): void {
  const unsupported = path === undefined ? (partitionBy ? 'partitionBy' : undefined) : 'a path'
  if (unsupported !== undefined)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${unsupported} for the data source ${format}` })
}

/** Makes the table that those of tasks are like; undefined when there is nothing to do. @throws TABLE_OR_VIEW_ALREADY_EXISTS */
async function begun(
  write: WriteDescription,
  options: WriteOptions,
  connection: Connection,
  columns: readonly string[],
): Promise<PostgresJob | undefined> {
  const target = await lookedUp(connection, options.table)
  const { schema, name } = target.table
  if (target.exists && write.mode === 'ignore') return undefined
  if (target.exists && write.mode === 'errorifexists')
    throw new MillraceError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: quotedPath([schema, name]) })
  if (write.streaming && (await isWritten(connection, target, write.streaming))) return undefined
  // A stream that writes all its rows anew with each batch keeps the table.
  const makesAnew = write.mode === 'overwrite' && !options.truncates && !write.streaming
  const creates = !target.exists || makesAnew
  const given = write.schema.fields.map((field) => field.name)
  const names = creates ? given : columnsFor(target, given)
  await dropLeftovers(connection, schema)
  await holdJob(connection, write)
  const model = tableText({ schema, name: modelName(write) })
  const like = creates
    ? `(${columns.join(', ')})`
    : `as select ${identifierList(names)} from ${tableText(target.table)} with no data`
  await connection.rows(`create unlogged table ${model} ${like}`)
  return { write, options, connection, target, columns, names, creates }
}

/** Lets go of what the job had. What cannot be dropped now the next job drops. */
async function ended({ write, connection, target }: PostgresJob): Promise<void> {
  await dropJob(connection, write, target.table.schema).catch(() => undefined)
  await connection.close()
}
