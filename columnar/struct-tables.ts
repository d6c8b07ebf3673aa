import type { Data, Struct, Table } from 'apache-arrow'

/** Makes of a table of two columns of structs, of which each row has one, a table for each: the rows that have the first one come first. */
export async function structTables(): Promise<(table: Table) => readonly [left: Table, right: Table]> {
  const { RecordBatch, Schema, Table: ArrowTable } = await import('apache-arrow')
  const tableOf = (rows: Table, ordinal: number): Table => {
    const structs = rows.getChildAt(ordinal)!.data as readonly Data<Struct>[]
    const schema = new Schema(structs[0]!.type.children)
    return new ArrowTable(
      schema,
      structs.map((data) => new RecordBatch(schema, data)),
    )
  }
  return (table) => {
    const first = table.numRows - table.getChildAt(0)!.nullCount
    return [tableOf(table.slice(0, first) as Table, 0), tableOf(table.slice(first) as Table, 1)]
  }
}
