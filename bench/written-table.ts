import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Session } from '../api/index.js'

/** Writes the rows of a query into a folder as Parquet, unless they are there: what was measured once is measured again on the same files. */
export async function writtenTable(session: Session, folder: string, sql: string): Promise<void> {
  if (!existsSync(join(folder, '_SUCCESS'))) await session.sql(sql).write.mode('overwrite').parquet(folder)
}
