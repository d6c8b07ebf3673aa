import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  decimal,
  type Field,
  field,
  INT,
  STRING,
  TIMESTAMP,
} from '../../../columnar/types.js'
import { fillTable } from '../oracle.js'
import type { Random } from '../random.js'
import type { Source } from './relations.js'
import type { Kind } from './tree.js'

export const FUZZ_COLUMNS: readonly (Field & { readonly kind: Kind })[] = [
  { ...field('id', INT, false), kind: 'int' },
  { ...field('k', INT), kind: 'int' },
  { ...field('g', INT), kind: 'int' },
  { ...field('b', BIGINT), kind: 'big' },
  { ...field('m', decimal(9, 2)), kind: 'decimal' },
  { ...field('w', decimal(20, 2)), kind: 'decimal' },
  { ...field('x', DOUBLE), kind: 'double' },
  { ...field('s', STRING), kind: 'text' },
  { ...field('u', STRING, false), kind: 'text' },
  { ...field('d', DATE), kind: 'day' },
  { ...field('t', TIMESTAMP), kind: 'time' },
  { ...field('f', BOOLEAN), kind: 'truth' },
]

export interface FuzzTable extends Source {
  readonly name: string
  readonly file: string
}

/** How many rows the tables have, and how many values these have about. */
export interface Sizes {
  readonly rows: readonly number[]
  readonly distinct: readonly number[]
  readonly files?: number
}

export const SMALL: Sizes = { rows: [47, 23, 8, 1, 0], distinct: [12, 7, 5, 3, 4] }
/** Read by several tasks each, whose rows of one partition may then be shared out. */
export const DIVISIBLE: Sizes = { rows: [300, 150, 60, 8], distinct: [40, 20, 9, 4], files: 4 }
/** More than tasks can hold of 16 MB, when joined or sorted. */
export const LARGE: Sizes = { rows: [12_000, 9000, 6000], distinct: [6000, 4000, 3000] }

/** Makes random tables `t0`, `t1`, … in DuckDB and as Parquet files of a folder. */
export async function randomTables(
  connection: DuckDBConnection,
  random: Random,
  folder: string,
  { rows, distinct, files = 1 }: Sizes,
): Promise<readonly FuzzTable[]> {
  const tables: FuzzTable[] = []
  for (const [i, count] of rows.entries()) {
    const name = `t${i}`
    const file = join(folder, name)
    await fillTable(connection, random, name, FUZZ_COLUMNS, count, distinct[i]!)
    await mkdir(file)
    for (let i = 0; i < files; i++) {
      const rows = `SELECT * FROM ${name} WHERE abs(id % ${files}) = ${i}`
      await connection.run(`COPY (${rows}) TO '${join(file, `${i}.parquet`)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`)
    }
    tables.push({ name, file, tree: { role: 'other', parts: [name] }, columns: FUZZ_COLUMNS })
  }
  return tables
}
