import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { duckColumns, firstDifference, newContext, readParquet, sql, temporaryDirectory, tpch } from './support.js'

const directory = temporaryDirectory()

/** A table with a column of every type; every column has NULLs but `id`. */
const ALL_TYPES = (rows: number) => `
  SELECT i::BIGINT AS id,
    CASE WHEN i % 3 <> 0 THEN i % 2 = 0 END AS flag,
    CASE WHEN i % 5 <> 0 THEN (i % 256 - 128)::TINYINT END AS i8,
    CASE WHEN i % 7 <> 0 THEN (i * 31 % 60000 - 30000)::SMALLINT END AS i16,
    CASE WHEN i % 11 <> 0 THEN ((hash(i) % 4000000000)::BIGINT - 2000000000)::INTEGER END AS i32,
    CASE WHEN i % 13 <> 0 THEN (hash(i) % 9000000000000000000)::BIGINT END AS i64,
    CASE WHEN i % 2 = 0 THEN (i % 256)::UTINYINT END AS u8,
    CASE WHEN i % 3 = 0 THEN (i * 7 % 65536)::USMALLINT END AS u16,
    CASE WHEN i % 4 <> 0 THEN (hash(i) % 4294967296)::UINTEGER END AS u32,
    CASE WHEN i % 5 <> 0 THEN hash(i)::UBIGINT END AS u64,
    CASE WHEN i % 6 <> 0 THEN (i * 1.5)::FLOAT END AS f32,
    CASE WHEN i % 17 = 0 THEN 'NaN'::DOUBLE WHEN i % 6 <> 0 THEN sqrt(i) END AS f64,
    CASE WHEN i % 4 <> 0 THEN (i % 9999)::DECIMAL(4, 0) END AS d4,
    CASE WHEN i % 4 <> 0 THEN ((i % 90000) / 100.0 - 300)::DECIMAL(9, 2) END AS d9,
    CASE WHEN i % 4 <> 0 THEN (i * 1234567.891 - 500000)::DECIMAL(18, 3) END AS d18,
    CASE WHEN i % 4 <> 0 THEN ((i::HUGEINT * 100000000000000000000 - 5) * (CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END))::DECIMAL(38, 0) END AS d38,
    CASE WHEN i % 9 <> 0 THEN DATE '1970-01-01' + (i % 40000 - 20000)::INTEGER END AS d,
    CASE WHEN i % 9 <> 0 THEN make_timestamp(i * 1234567 - 99999999) END AS ts,
    CASE WHEN i % 9 <> 0 THEN make_timestamp(i * 1234567)::TIMESTAMPTZ END AS tstz,
    CASE WHEN i % 9 <> 0 THEN make_timestamp(i * 1000 * 77)::TIMESTAMP_MS END AS ts_ms,
    CASE WHEN i % 9 <> 0 THEN make_timestamp(i * 99)::TIMESTAMP_NS END AS ts_ns,
    CASE WHEN i % 8 <> 0 THEN 'name ' || (i % 100) END AS few,
    CASE WHEN i % 8 <> 0 THEN repeat('ä' || i, (i % 7)::INTEGER) END AS many,
    CASE WHEN i % 8 <> 0 THEN encode('b' || i) END AS bin,
    NULL::INTEGER AS nothing
  FROM range(${rows}) t(i)`

const LAYOUTS: readonly (readonly [name: string, options: string])[] = [
  ['snappy', "CODEC 'snappy'"],
  ['uncompressed', "CODEC 'uncompressed'"],
  ['gzip', "CODEC 'gzip'"],
  ['zstd', "CODEC 'zstd'"],
  ['zstd at its strongest', "CODEC 'zstd', COMPRESSION_LEVEL 19, DICTIONARY_SIZE_LIMIT 1"],
  ['lz4', "CODEC 'lz4_raw'"],
  ['brotli', "CODEC 'brotli'"],
  ['newer encodings', "CODEC 'snappy', PARQUET_VERSION 'V2'"],
  ['newer encodings without dictionaries', "CODEC 'snappy', PARQUET_VERSION 'V2', DICTIONARY_SIZE_LIMIT 1"],
  ['no dictionaries', "CODEC 'snappy', DICTIONARY_SIZE_LIMIT 1"],
  ['small row groups', "CODEC 'snappy', ROW_GROUP_SIZE 3000"],
]

for (const [name, options] of LAYOUTS) {
  test(`all types with NULLs are read as DuckDB reads them: ${name}`, async (t) => {
    const path = join(directory, `${name.replaceAll(' ', '-')}.parquet`)
    await sql(`COPY (${ALL_TYPES(20_011)}) TO '${path}' (FORMAT parquet, ${options})`)
    const context = newContext()
    const { schema, columns } = await readParquet([path], { context })
    t.is(firstDifference(schema, columns, await duckColumns(path, schema)), undefined)
    t.is(context.live.size, 0)
  })
}

test('the tables of TPC-H are read as DuckDB reads them', async (t) => {
  for (const table of ['lineitem', 'orders', 'customer', 'part', 'partsupp', 'supplier', 'nation', 'region']) {
    const { schema, columns } = await readParquet([tpch(table)], { parallelism: 3 })
    t.is(firstDifference(schema, columns, await duckColumns(tpch(table), schema)), undefined, table)
  }
})

test('a file from the wild, in ZSTD, is read as DuckDB reads it', async (t) => {
  const path = fileURLToPath(new URL('../../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url))
  const { schema, columns } = await readParquet([path], { columns: ['origin'] })
  t.is(firstDifference(schema, columns, await duckColumns(path, schema)), undefined)
})

test('required columns are not nullable, optional ones are', async (t) => {
  const { schema } = await readParquet([tpch('nation')], { columns: ['n_name'] })
  t.deepEqual(schema.fields, [{ name: 'n_name', type: { kind: 'string' }, nullable: false }])
})

test('a scan of no columns gives batches with the number of rows', async (t) => {
  const { columns, splits } = await readParquet([tpch('orders')], { columns: [] })
  t.deepEqual(columns, [])
  t.is(
    splits.reduce((sum, split) => sum + (split.rows ?? 0), 0),
    15_000,
  )
})

test('structs are read with their own NULLs and those of their fields', async (t) => {
  const path = join(directory, 'structs.parquet')
  await sql(`COPY (SELECT i, CASE WHEN i % 3 <> 0 THEN {'a': CASE WHEN i % 2 = 0 THEN i END,
    'b': {'c': CASE WHEN i % 5 <> 0 THEN 'x' || i END}} END AS s FROM range(10000) t(i)) TO '${path}' (FORMAT parquet)`)
  const { columns } = await readParquet([path], { columns: ['s'] })
  const expected = Array.from({ length: 10_000 }, (_, i) =>
    i % 3 === 0 ? null : [i % 2 === 0 ? String(i) : null, [i % 5 === 0 ? null : `x${i}`]],
  )
  t.deepEqual(columns[0], expected)
})
