import { type Table, tableFromArrays } from 'apache-arrow'

const namesOf = (table: Table): string => table.schema.fields.map(({ name }) => name).join()

/** The key of two groups, how many rows each has, and the names of their columns. */
export function counted(left: Table, right: Table, [key]: readonly unknown[]) {
  return tableFromArrays({
    k: [key === null || key === undefined ? 'none' : String(key)],
    l: Int32Array.of(left.numRows),
    r: Int32Array.of(right.numRows),
    names: [`${namesOf(left)}|${namesOf(right)}`],
  })
}
