import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MillraceError, type Session } from '../../api/index.js'
import { withSession } from './sessions.js'

/** Runs with a folder for a warehouse, which is removed afterwards. */
export async function withWarehouse<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-warehouse-'))
  try {
    return await body(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs with a session over a warehouse of its own, or over one that is there. */
export const withTables = <T>(body: (session: Session, folder: string) => Promise<T>, folder?: string): Promise<T> =>
  folder === undefined
    ? withWarehouse((made) => withTables(body, made))
    : withSession('local[1]', (session) => body(session, folder), { 'warehouse.dir': folder })

/** Runs statements one after the other. */
export async function runAll(session: Session, ...statements: readonly string[]): Promise<void> {
  for (const statement of statements) await session.runStatement(statement)
}

/** The rows of a statement as arrays, in order of their texts where it has none of its own. */
export async function rowsOf(session: Session, sql: string): Promise<readonly (readonly unknown[])[]> {
  const rows = await (await session.runStatement(sql)).collect()
  return rows.map((row) => Object.values(row))
}

/** The condition that a statement raises, or `none`; by `sql` and by `runStatement` it is the same. */
export async function conditionOf(session: Session, sql: string): Promise<string> {
  return (await errorOf(session, sql))?.condition ?? 'none'
}

export async function errorOf(session: Session, sql: string): Promise<MillraceError | undefined> {
  try {
    await session.sql(sql).collect()
    return undefined
  } catch (error) {
    if (MillraceError.is(error)) return error
    throw error
  }
}
