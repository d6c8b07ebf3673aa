import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { StreamedWrite } from '../../api.js'
import type { Connection } from '../client/connection.js'
import { tableText } from '../table-name.js'
import type { Target } from './target.js'

/** Beside each target: the last batch of each streaming query that is in it, noted by the transaction that brought its rows. */
const NAME = 'millrace_streams'

const logOf = ({ table }: Target): string => tableText({ schema: table.schema, name: NAME })

/** Whether a batch is in the target, from an earlier start of the query. */
export async function isWritten(
  connection: Connection,
  target: Target,
  { queryId, batchId }: StreamedWrite,
): Promise<boolean> {
  const log = logOf(target)
  const [known] = await connection.rows('select to_regclass($1)', [log])
  if (known![0] === null) {
    await connection.rows(
      `create table if not exists ${log} (query_id text, target text, batch_id bigint not null, primary key (query_id, target))`,
    )
    return false
  }
  const [row] = await connection.rows(`select batch_id::text from ${log} where query_id = $1 and target = $2`, [
    queryId,
    target.table.name,
  ])
  return row !== undefined && Number(row[0]) >= batchId
}

/** Notes a batch in the transaction that writes it. @throws CONCURRENT_STREAM_LOG_UPDATE when another start of the query has written it meanwhile */
export async function noteBatch(
  connection: Connection,
  target: Target,
  { queryId, batchId }: StreamedWrite,
): Promise<void> {
  const log = logOf(target)
  const noted = await connection.rows(
    `insert into ${log} as log (query_id, target, batch_id) values ($1, $2, $3)
     on conflict (query_id, target) do update set batch_id = excluded.batch_id where log.batch_id < excluded.batch_id returning 1`,
    [queryId, target.table.name, batchId],
  )
  if (noted.length > 0) return
  throw new MillraceError('CONCURRENT_STREAM_LOG_UPDATE', { batchId, path: `${connection.server} ${log}` })
}
