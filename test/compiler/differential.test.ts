import type { DuckDBConnection } from '@duckdb/node-api'
import test from 'ava'
import type { DataType } from '../../columnar/types.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import type { Cell } from '../support/cells.js'
import { connect } from '../support/duckdb-connection.js'
import { evaluate, evaluateCondition, type InputColumn, isError } from '../support/evaluate.js'
import { Random } from '../support/random.js'
import {
  COLUMN_TYPES,
  ExpressionGenerator,
  type Pair,
  randomValue,
  sqlLiteral,
  sqlType,
} from '../support/random-expressions.js'

const ROWS = 24
const EXPRESSIONS_PER_SEED = 60
/** Run one seed again with MILLRACE_SEED. */
const SEEDS = process.env['MILLRACE_SEED'] ? [Number(process.env['MILLRACE_SEED'])] : [1, 2, 3, 4, 5, 6]
const RAISED = 'raised'

async function createTable(random: Random, connection: DuckDBConnection): Promise<readonly InputColumn[]> {
  const columns = COLUMN_TYPES.map((type): InputColumn => {
    const values = Array.from({ length: ROWS }, () => (random.chance(0.15) ? null : randomValue(random, type)))
    return { type, nullable: true, values }
  })
  const definitions = COLUMN_TYPES.map((type, i) => `c${i} ${sqlType(type)}`)
  await connection.run(`CREATE OR REPLACE TABLE t (row INTEGER, ${definitions.join()})`)
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const cells = columns.map(({ type, values }) => sqlLiteral(type, values[row] as LiteralValue))
    return `(${row}, ${cells.join()})`
  })
  await connection.run(`INSERT INTO t VALUES ${rows.join()}`)
  return columns
}

/** The expression as DuckDB is to return it: exact numbers as text. */
function projected({ sql, expression: { type } }: Pair): string {
  switch (type.kind) {
    case 'date':
      return `CAST((${sql}) - DATE '1970-01-01' AS VARCHAR)`
    case 'timestamp':
      return `CAST(epoch_us(${sql}) AS VARCHAR)`
    case 'int':
    case 'bigint':
    case 'decimal':
      return `CAST(${sql} AS VARCHAR)`
    default:
      return sql
  }
}

/** Our value in the same form. */
function comparable(type: DataType, value: Cell): unknown {
  if (value === null) return null
  if (type.kind === 'decimal') return BigInt(value as bigint)
  return type.kind === 'double' && value === 0
    ? 0
    : typeof value === 'number' || typeof value === 'bigint'
      ? String(value)
      : value
}

function fromDuck(type: DataType, value: unknown): unknown {
  if (value === null) return null
  if (type.kind === 'decimal') return BigInt(String(value).replace('.', ''))
  if (type.kind === 'double') return value === 0 ? 0 : String(value)
  return value
}

/** DuckDB's value a row, or that it raised. All rows at once; row by row when one of them raises. */
async function oracle(connection: DuckDBConnection, pair: Pair): Promise<readonly unknown[]> {
  const query = `SELECT ${projected(pair)} FROM t`
  const read = async (sql: string) =>
    (await connection.runAndReadAll(sql)).getRows().map(([x]) => fromDuck(pair.expression.type, x))
  try {
    return await read(`${query} ORDER BY row`)
  } catch (error) {
    if (/Parser|Binder|Catalog/.test(String(error))) throw error
    const values: unknown[] = []
    for (let row = 0; row < ROWS; row++) {
      values.push(...(await read(`${query} WHERE row = ${row}`).catch(() => [RAISED])))
    }
    return values
  }
}

for (const seed of SEEDS) {
  test(`random expressions agree with DuckDB, seed ${seed}`, async (t) => {
    const connection = await connect()
    // No rewriting: what raises, and where, is what was written.
    await connection.run('PRAGMA disable_optimizer')
    const random = new Random(seed)
    const columns = await createTable(random, connection)
    const generator = new ExpressionGenerator(random)
    for (let i = 0; i < EXPRESSIONS_PER_SEED; i++) {
      const pair = generator.make(random.pick(COLUMN_TYPES), random.integer(1, 4))
      const { type } = pair.expression
      const expected = await oracle(connection, pair)
      const outcomes = evaluate(pair.expression, columns, ROWS)
      const ours = outcomes.map((x) => (isError(x) ? RAISED : comparable(type, x.value)))
      t.deepEqual(ours, expected, `seed ${seed}, expression ${i}: ${pair.sql}`)
      if (type.kind !== 'boolean') continue
      const passes = evaluateCondition(pair.expression, columns, ROWS).map((x) => (isError(x) ? RAISED : x.value))
      t.deepEqual(
        passes,
        expected.map((x) => (x === RAISED ? x : x === true)),
        `seed ${seed}, condition ${i}: ${pair.sql}`,
      )
    }
    connection.closeSync()
  })
}
