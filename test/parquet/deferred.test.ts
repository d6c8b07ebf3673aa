import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { Random } from '../support/random.js'
import {
  duckColumns,
  firstDifference,
  newContext,
  readParquet,
  sql,
  temporaryDirectory,
  tpch,
  UNREAD,
} from './support.js'

const directory = temporaryDirectory()
const ROWS = 60_000

/** Of each batch none, few, many or all rows, in stretches or scattered. */
function chooser(random: Random): (rows: number) => readonly number[] {
  return (rows) => {
    const all = Array.from({ length: rows }, (_, i) => i)
    const share = random.pick([0, 0, 0.0005, 0.01, 0.2, 0.5, 1])
    if (random.chance(0.3)) {
      const [from, to] = [random.integer(0, rows), random.integer(0, rows)]
      return share === 0 ? [] : all.slice(Math.min(from, to), Math.max(from, to))
    }
    return all.filter(() => random.chance(share))
  }
}

/** Reads a file with columns left out at random, and checks all cells that were asked for against DuckDB's. */
async function holdsAgainstDuckDb(t: ExecutionContext, path: string, seed: number): Promise<void> {
  const random = new Random(seed)
  const { schema } = await readParquet([path], { choose: () => [] })
  const expected = await duckColumns(path, schema)
  const names = schema.fields.map(({ name }) => name)
  for (let round = 0; round < 4; round++) {
    const deferred = round === 0 ? names : names.filter(() => random.chance(0.6))
    const coded = round === 1 ? names : names.filter(() => random.chance(0.3))
    const context = newContext()
    const read = await readParquet([path], { deferred, coded, choose: chooser(random), context })
    const wanted = expected.map((column, i) =>
      column.map((cell, row) => (read.columns[i]![row] === UNREAD ? UNREAD : cell)),
    )
    t.is(
      firstDifference(schema, read.columns, wanted),
      undefined,
      `seed ${seed}, round ${round}, deferred: ${deferred}, coded: ${coded}`,
    )
    t.is(context.live.size, 0)
  }
}

const LAYOUTS = [
  "CODEC 'snappy', ROW_GROUP_SIZE 20000",
  "CODEC 'zstd', DICTIONARY_SIZE_LIMIT 1",
  "CODEC 'uncompressed', PARQUET_VERSION 'V2', DICTIONARY_SIZE_LIMIT 1",
]

for (const [i, layout] of LAYOUTS.entries()) {
  test(`of columns left out first, the rows that are wanted are as DuckDB reads them: ${layout}`, async (t) => {
    const path = join(directory, `duckdb-${i}.parquet`)
    await sql(`COPY (SELECT i, i % 100 AS few, CASE WHEN i % 3 > 0 THEN i % 1000 END AS gaps, (i // 5000)::SMALLINT AS runs,
      'text ' || (i % 50) AS word, CASE WHEN i % 4 > 0 THEN md5(i::VARCHAR) END AS many, i % 2 = 0 AS flag,
      sqrt(i % 70) AS f, (i % 99 / 7)::DECIMAL(30, 3) AS d, DATE '2000-01-01' + (i % 400)::INT AS day, NULL::INT AS nothing
      FROM range(${ROWS}) t(i)) TO '${path}' (FORMAT parquet, ${layout})`)
    await holdsAgainstDuckDb(t, path, 100 + i)
  })
}

test('of columns left out first, the rows that are wanted are as DuckDB reads them: small V2 pages of all encodings', async (t) => {
  const path = join(directory, 'v2.parquet')
  writeFileSync(path, smallPages())
  await holdsAgainstDuckDb(t, path, 200)
})

function smallPages(): Uint8Array {
  const rows = Array.from({ length: ROWS }, (_, i) => i)
  const gaps = <T>(make: (i: number) => T): (T | null)[] =>
    rows.map((i) => (i % 5 === 0 || (i > 20_000 && i < 40_000) ? null : make(i)))
  const columnData = [
    { name: 'prefixes', data: gaps((i) => `prefix ${i}`), type: 'STRING', encoding: 'DELTA_BYTE_ARRAY' },
    { name: 'lengths', data: rows.map((i) => 'x'.repeat(i % 9)), type: 'STRING', encoding: 'DELTA_LENGTH_BYTE_ARRAY' },
    { name: 'deltas', data: gaps((i) => BigInt(i * i)), type: 'INT64', encoding: 'DELTA_BINARY_PACKED' },
    { name: 'streams', data: gaps((i) => i / 3), type: 'DOUBLE', encoding: 'BYTE_STREAM_SPLIT' },
    { name: 'plain', data: rows.map((i) => i / 7), type: 'DOUBLE', encoding: 'PLAIN' },
    { name: 'texts', data: rows.map((i) => `${i} é`), type: 'STRING', encoding: 'PLAIN' },
    { name: 'flags', data: gaps((i) => i % 3 === 0), type: 'BOOLEAN', encoding: 'RLE' },
    { name: 'few', data: rows.map((i) => `value ${i % 10}`), type: 'STRING', encoding: 'RLE_DICTIONARY' },
    { name: 'gaps', data: gaps((i) => `value ${i % 10}`), type: 'STRING', encoding: 'RLE_DICTIONARY' },
  ] as const
  const written = parquetWriteBuffer({
    columnData: columnData.map((x) => ({ ...x })),
    pageSize: 4000,
    rowGroupSize: 25_000,
  })
  return new Uint8Array(written)
}

test('of columns left out first, the rows that are wanted are as DuckDB reads them: a chunk whose dictionary became too large', (t) =>
  holdsAgainstDuckDb(t, 'test/data/parquet/pyarrow-fallback.parquet', 250))

test('of columns left out first, the rows that are wanted are as DuckDB reads them: TPC-H', (t) =>
  holdsAgainstDuckDb(t, tpch('lineitem'), 300))

test('random damage to columns left out gives rows or an error of ours, never a trap, and no memory is lost', async (t) => {
  const random = new Random(400)
  const path = join(directory, 'damaged.parquet')
  let refused = 0
  for (const whole of [smallPages(), readFileSync(join(tpch('orders')))]) {
    const deferred = (await readParquet([fileOf(path, whole)])).schema.fields.map(({ name }) => name)
    for (let run = 0; run < 60; run++) {
      const bytes = Uint8Array.from(whole)
      for (let i = 0; i < 5; i++) bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255)
      const context = newContext()
      try {
        const coded = random.chance(0.5) ? deferred : []
        await readParquet([fileOf(path, bytes)], { deferred, coded, choose: chooser(random), context })
      } catch (error) {
        refused++
        t.true(MillraceError.is(error), String(error))
        t.regex((error as MillraceError).message, /FAILED_READ_FILE|UNSUPPORTED_FEATURE|memory budget/)
      }
      t.is(context.live.size, 0)
    }
  }
  t.true(refused > 10, `${refused} files were refused`)
})

let stamp = 1
function fileOf(path: string, bytes: Uint8Array): string {
  writeFileSync(path, bytes)
  utimesSync(path, stamp, stamp++)
  return path
}
