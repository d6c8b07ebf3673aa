import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
} from '@duckdb/node-api'
import { Decimal } from '../../columnar/decimal.js'
import { connect } from './duckdb-connection.js'

/** A value as text that both engines agree on; NULL is `null`. */
export type Cell = string | null

/** Databases that were set up, by their statements: to make one takes longer than most queries, and many queries ask the same. */
const databases = new Map<string, Promise<DuckDBConnection>>()
const MOST_DATABASES = 4

/** Runs a query in DuckDB, the oracle, in this process, which is set up once for all queries with the same setup. Values come as text, doubles as numbers. */
export async function duckdbRows(sql: string, setup: readonly string[] = []): Promise<(Cell | number)[][]> {
  const connection = await databaseOf(setup)
  const result = await connection.runAndReadAll(sql)
  return result.getRows().map((row) => row.map(cellOfDuckdb))
}

function databaseOf(setup: readonly string[]): Promise<DuckDBConnection> {
  const key = setup.join(';')
  const known = databases.get(key) ?? database(setup)
  databases.delete(key)
  databases.set(key, known)
  for (const oldest of databases.keys()) {
    if (databases.size <= MOST_DATABASES) break
    databases.delete(oldest)
  }
  return known
}

async function database(setup: readonly string[]): Promise<DuckDBConnection> {
  const connection = await connect()
  for (const statement of setup) await connection.run(statement)
  return connection
}

function cellOfDuckdb(value: unknown): Cell | number {
  if (value === null || value === undefined) return null
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return typeof value === 'number' ? value : String(value)
  if (value instanceof DuckDBDecimalValue) return new Decimal(value.value, value.scale).toString()
  if (value instanceof DuckDBDateValue) return new Date(value.days * 86_400_000).toISOString().slice(0, 10)
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return new Date(Number(value.micros / 1000n)).toISOString()
  return String(value)
}

/**
 * Whether a value of ours is the oracle's. Where the oracle has only a double (its averages and divisions of decimals), ours must be that number at every
 * digit it prints; dates of ours are at midnight.
 */
export function sameCell(ours: unknown, theirs: Cell | number): boolean {
  if (ours === null || theirs === null) return ours === theirs
  if (typeof theirs === 'number') {
    if (ours instanceof Decimal)
      return (
        ours.toString() === theirs.toFixed(ours.scale) || Math.abs(ours.toNumber() - theirs) <= 10 ** -ours.scale / 2
      )
    if (typeof ours === 'bigint') return Number(ours) === theirs
    return Object.is(ours, theirs) || Math.abs((ours as number) - theirs) <= 1e-12 * Math.abs(theirs)
  }
  if (ours instanceof Decimal) return Decimal.parse(theirs).withScale(ours.scale).toString() === ours.toString()
  if (ours instanceof Date) return ours.toISOString() === theirs || ours.toISOString().slice(0, 10) === theirs
  return String(ours) === theirs
}
