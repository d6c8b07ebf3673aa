import type { Connection } from '../client/connection.js'
import { type TableName, tableText } from '../table-name.js'

/** The table that is written. */
export interface Target {
  readonly table: Required<TableName> & { readonly schema: string }
  readonly exists: boolean
  /** Of one that exists. */
  readonly columns: readonly string[]
}

/** Looks a table up as the server does. One that is new will be in the schema that it was named with, or the first of the search path. */
export async function lookedUp(connection: Connection, table: TableName): Promise<Target> {
  const [found] = await connection.rows(
    `select n.nspname::text, array(
       select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum
     ) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass($1)`,
    [tableText(table)],
  )
  if (found)
    return {
      table: { schema: String(found[0]), name: table.name },
      exists: true,
      columns: found[1] as readonly string[],
    }
  const [row] = await connection.rows('select current_schema()::text')
  return { table: { schema: table.schema ?? String(row![0]), name: table.name }, exists: false, columns: [] }
}

/** The columns of a target that the rows go to: by their names, as they are or without regard to case. */
export const columnsFor = ({ columns }: Target, names: readonly string[]): readonly string[] =>
  names.map(
    (name) =>
      columns.find((one) => one === name) ?? columns.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name,
  )
