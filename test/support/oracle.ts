import type { DuckDBConnection } from '@duckdb/node-api'
import { Decimal } from '../../columnar/decimal.js'
import type { DataType, Field } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import type { Random } from '../support/random.js'
import { sqlLiteral, sqlType } from './random-expressions.js'
import { table } from './stages.js'

const MILLIS_PER_DAY = 86_400_000

/** A value as `blockFromRows` takes it. */
function rowValue(type: DataType, value: LiteralValue): unknown {
  if (value === null) return null
  if (type.kind === 'decimal') return new Decimal(value as bigint, type.scale)
  if (type.kind === 'date') return new Date(Number(value) * MILLIS_PER_DAY)
  if (type.kind === 'timestamp') return new Date(Number((value as bigint) / 1000n))
  return value
}

/** Values as text, the same for ours and DuckDB's. */
export function cellText(type: DataType, value: Value): string {
  if (value === null) return 'NULL'
  if (value instanceof Date) {
    return type.kind === 'date' ? String(value.getTime() / MILLIS_PER_DAY) : String(BigInt(value.getTime()) * 1000n)
  }
  if (typeof value === 'number') return numberText(value)
  return String(value)
}

/** What is kept of doubles: their sums may differ in the last digits by the order of addition. */
const DIGITS = 12

function numberText(value: number): string {
  // Rounding makes a text of the number first, which takes as long as all else does.
  if (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) < 10 ** DIGITS)) return String(value + 0)
  return String(Number(value.toPrecision(DIGITS)) + 0)
}

export const rowTexts = (types: readonly DataType[], rows: readonly (readonly Value[])[]): string[] =>
  rows.map((row) => row.map((value, i) => cellText(types[i]!, value)).join(' | '))

export function randomCell(random: Random, type: DataType, distinct: number): LiteralValue {
  // Skewed: small numbers are much more frequent.
  const n = Math.floor(distinct * random.next() ** 2)
  switch (type.kind) {
    case 'boolean':
      return n % 2 === 0
    case 'int':
      return n - Math.floor(distinct / 3)
    case 'bigint':
      return BigInt(n) * 1_000_003_000_017n - 5_000_000n
    case 'decimal':
      return type.precision > 18 ? BigInt(n - 7) * 10n ** BigInt(type.precision - 8) + 1n : BigInt(n * 7 - 11)
    case 'double':
      return n % 17 === 3 ? Number.NaN : n % 17 === 5 ? -0 : (n - 5) / 8
    case 'string':
      return STRINGS[n % STRINGS.length]! + (n >= STRINGS.length ? String(n) : '')
    case 'date':
      return n * 31 - 400
    case 'timestamp':
      return BigInt(n) * 86_400_123_000n - 1_000_000_000_000n
    default:
      return null
  }
}

const STRINGS = [
  '',
  'a',
  'ab',
  'sevenby',
  'eightbyt',
  'grüner Käse',
  '東京タワー',
  'b',
  '🚀🚀🚀',
  'the same first eight bytes',
  'the same first eight bites',
  'sevenb',
  'x'.repeat(5000),
]

export interface RandomTable {
  readonly name: string
  readonly fields: readonly Field[]
  readonly plan: PhysicalPlan
}

/** Fills a table of DuckDB with random rows, which it returns. */
export async function fillTable(
  connection: DuckDBConnection,
  random: Random,
  name: string,
  fields: readonly Field[],
  rows: number,
  distinct: number,
): Promise<readonly (readonly LiteralValue[])[]> {
  const cells = Array.from({ length: rows }, () =>
    fields.map((x) => (x.nullable && random.chance(0.12) ? null : randomCell(random, x.type, distinct))),
  )
  await connection.run(`CREATE OR REPLACE TABLE ${name} (${fields.map((x) => `${x.name} ${sqlType(x.type)}`).join()})`)
  for (let at = 0; at < rows; at += 1000) {
    const values = cells
      .slice(at, at + 1000)
      .map((row) => `(${row.map((cell, i) => sqlLiteral(fields[i]!.type, cell)).join()})`)
    await connection.run(`INSERT INTO ${name} VALUES ${values.join()}`)
  }
  return cells
}

/** The same random rows as a table of DuckDB and as a plan of ours. */
export async function randomTable(
  connection: DuckDBConnection,
  random: Random,
  name: string,
  fields: readonly Field[],
  rows: number,
  distinct: number,
  rowsPerBlock = 700,
): Promise<RandomTable> {
  const cells = await fillTable(connection, random, name, fields, rows, distinct)
  const objects = cells.map((row) =>
    Object.fromEntries(row.map((cell, i) => [fields[i]!.name, rowValue(fields[i]!.type, cell)])),
  )
  return { name, fields, plan: table(fields, objects, rowsPerBlock) }
}

/** A column of a query as text that can be compared. */
function asText(type: DataType, sql: string): string {
  if (type.kind === 'date') return `CAST(${sql} - DATE '1970-01-01' AS VARCHAR)`
  if (type.kind === 'timestamp') return `CAST(epoch_us(${sql}) AS VARCHAR)`
  return type.kind === 'double' ? `CAST(${sql} AS DOUBLE)` : `CAST(${sql} AS VARCHAR)`
}

/** The rows of a query, whose columns have the types given, as text. */
export async function oracleRows(
  connection: DuckDBConnection,
  columns: readonly { readonly sql: string; readonly type: DataType }[],
  rest: string,
): Promise<string[]> {
  const list = columns.map(({ sql, type }) => asText(type, sql)).join()
  const rows = await (await connection.run(`SELECT ${list} ${rest}`)).getRows()
  return rows.map((row) =>
    row
      .map((value) => (value === null ? 'NULL' : typeof value === 'number' ? numberText(value) : String(value)))
      .join(' | '),
  )
}
