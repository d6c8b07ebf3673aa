import { join } from 'node:path'
import test from 'ava'
import { array, BIGINT, type DataType, type Field, field, INT, struct, typeName } from '../../columnar/types.js'
import { splitFromJson } from '../../connectors/parquet/split.js'
import { Random } from '../support/random.js'
import { duckLiteral, randomNestedType, randomStored, type Stored, storedText } from '../support/random-nested.js'
import { withSession } from '../support/sessions.js'
import { type Cell, newContext, readParquet, rowsOf, sql, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()

const LAYOUTS = [
  "CODEC 'snappy'",
  "CODEC 'uncompressed', ROW_GROUP_SIZE 2048",
  "CODEC 'zstd', PARQUET_VERSION 'V2'",
  "CODEC 'snappy', DICTIONARY_SIZE_LIMIT 1",
  "CODEC 'gzip', PARQUET_VERSION 'V2', DICTIONARY_SIZE_LIMIT 1",
]

/** A cell as text, whether it comes from several leaves or from a packed value. */
const cellText = (cell: Cell): string =>
  cell === null ? 'NULL' : typeof cell === 'object' ? `{${cell.map(cellText).join(', ')}}` : String(cell)

/** What a cell of a generated value is like: outside of arrays and maps texts are bare. */
function expectedText({ type }: Pick<Field, 'type'>, value: Stored): string {
  if (value === null) return 'NULL'
  if (type.kind === 'struct') {
    const fields = value as { readonly [name: string]: Stored }
    return `{${type.fields.map((field) => expectedText(field, fields[field.name]!)).join(', ')}}`
  }
  if (type.kind === 'array' || type.kind === 'map') return storedText(value)
  return type.kind === 'binary' ? Buffer.from(String(value)).toString('hex') : String(value)
}

interface RandomFile {
  readonly path: string
  readonly types: readonly DataType[]
  readonly rows: readonly (readonly Stored[])[]
}

const COPIES = 20

/** A file of DuckDB with random columns c0, c1 and c2: the rows several times, so that there are several row groups and batches. */
async function randomFile(seed: number): Promise<RandomFile> {
  const random = new Random(seed)
  const types = Array.from({ length: 3 }, (_, i) => randomNestedType(random, i + 2))
  const rows = Array.from({ length: 150 }, () => types.map((type) => randomStored(random, type)))
  const path = join(directory, `random-${seed}.parquet`)
  const tuples = rows.map((row, i) => `(${i}, ${row.map((value, at) => duckLiteral(types[at]!, value)).join(', ')})`)
  await sql(`COPY (SELECT n * ${rows.length} + i AS i, c0, c1, c2 FROM (VALUES ${tuples.join(', ')}) v(i, c0, c1, c2), range(${COPIES}) r(n)
    ORDER BY n, i) TO '${path}' (FORMAT parquet, ${LAYOUTS[seed % LAYOUTS.length]})`)
  return { path, types, rows }
}

for (let seed = 1; seed <= 12; seed++) {
  test(`nested values are read as DuckDB wrote them (seed ${seed})`, async (t) => {
    const { path, rows } = await randomFile(seed)
    const context = newContext()
    const { schema, columns } = await readParquet([path], { context })
    t.is(columns[0]!.length, COPIES * rows.length)
    for (const [at, field] of schema.fields.slice(1).entries()) {
      const expected = rows.map((row) => expectedText(field, row[at]!))
      const found = columns[at + 1]!.map(cellText)
      const wrong = found.findIndex((text, i) => text !== expected[i % rows.length])
      t.is(wrong, -1, wrong < 0 ? '' : `${found[wrong]}, not ${expected[wrong % rows.length]}`)
    }
    t.is(context.live.size, 0)
  })
}

test('DuckDB reads nested values that are written, of every kind, as they were', async (t) => {
  await withSession('local[2]', async (session) => {
    for (let seed = 101; seed <= 108; seed++) {
      const { path, types, rows } = await randomFile(seed)
      const copy = join(directory, `written-${seed}`)
      await session.read.parquet(path).write.parquet(copy)
      const differs = ['c0', 'c1', 'c2'].map((name) => `a.${name} IS DISTINCT FROM b.${name}`).join(' OR ')
      const found = await rowsOf(`SELECT count(*)::INTEGER, count(*) FILTER (${differs})::INTEGER
        FROM read_parquet('${path}') a JOIN read_parquet('${copy}/*.parquet') b USING (i)`)
      t.deepEqual(found, [[COPIES * rows.length, 0]], types.map(typeName).join(', '))
    }
  })
})

test('many row groups are written when there is little memory, and pages that do not end with a row', async (t) => {
  const [path, copy] = [join(directory, 'many.parquet'), join(directory, 'many-written')]
  await sql(`COPY (SELECT i, [{'a': x, 'b': [x, NULL, i]} FOR x IN range(i % 60)] AS l, MAP {'k' || i: ['v' || (i * 7)]} AS m
    FROM range(30000) t(i)) TO '${path}' (FORMAT parquet)`)
  await withSession('local[1]', (session) => session.read.parquet(path).write.parquet(copy), {
    'executor.memory': '96m',
  })
  const [[groups]] = (await rowsOf(
    `SELECT count(DISTINCT row_group_id)::INTEGER FROM parquet_metadata('${copy}/*.parquet')`,
  )) as [[number]]
  t.true(groups > 3, `${groups}`)
  t.deepEqual(
    await rowsOf(`SELECT count(*)::INTEGER, count(*) FILTER (a.l IS DISTINCT FROM b.l OR a.m IS DISTINCT FROM b.m)::INTEGER
      FROM read_parquet('${path}') a JOIN read_parquet('${copy}/*.parquet') b USING (i)`),
    [[30_000, 0]],
  )
})

test("lists and maps are written in Spark's conventions, with statistics and Spark's schema", async (t) => {
  const path = join(directory, 'conventions')
  await withSession('local[1]', (session) =>
    session
      .sql(
        "select array(1, null) l, map('k', array(2)) m, interval '1' year y, named_struct('d', interval '2' second) s",
      )
      .write.parquet(path),
  )
  const schema =
    await rowsOf(`SELECT name, coalesce(type, '') || coalesce(' ' || converted_type, '') || ' ' || coalesce(repetition_type, '')
    FROM parquet_schema('${path}/*.parquet') OFFSET 1`)
  t.deepEqual(
    schema.map((row) => row.map((x) => String(x).trim()).join(': ')),
    [
      'l: LIST REQUIRED',
      'list: REPEATED',
      'element: INT32 OPTIONAL',
      'm: MAP REQUIRED',
      'key_value: REPEATED',
      'key: BYTE_ARRAY UTF8 REQUIRED',
      'value: LIST REQUIRED',
      'list: REPEATED',
      'element: INT32 REQUIRED',
      'y: INT32 REQUIRED',
      's: REQUIRED',
      'd: INT64 REQUIRED',
    ],
  )
  const statistics = await rowsOf(`SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count::INTEGER
    FROM parquet_metadata('${path}/*.parquet') WHERE path_in_schema LIKE 'l%'`)
  t.deepEqual(statistics, [['l, list, element', '1', '1', 1]])
  const [[spark]] = (await rowsOf(`SELECT decode(value) FROM parquet_kv_metadata('${path}/*.parquet')`)) as [[string]]
  t.deepEqual(
    JSON.parse(spark).fields.map((field: { readonly type: unknown }) => field.type),
    [
      { type: 'array', elementType: 'integer', containsNull: true },
      {
        type: 'map',
        keyType: 'string',
        valueType: { type: 'array', elementType: 'integer', containsNull: false },
        valueContainsNull: false,
      },
      'interval year',
      { type: 'struct', fields: [{ name: 'd', type: 'interval second', nullable: false, metadata: {} }] },
    ],
  )
})

test('of a struct only the chunks of the fields that are wanted are read, within arrays too', async (t) => {
  const path = join(directory, 'fields.parquet')
  await sql(`COPY (SELECT {'a': i, 'b': {'c': 'x' || i, 'd': i * 2}} AS s, [{'p': i, 'q': [i]}] AS l FROM range(100) t(i))
    TO '${path}' (FORMAT parquet)`)
  const narrow = {
    fields: [
      field('s', struct([field('b', struct([field('d', BIGINT), field('new', INT)]))])),
      field('l', array(struct([field('q', array(BIGINT))]))),
    ],
  }
  const { columns, splits } = await readParquet([path], { schema: narrow })
  t.deepEqual(columns[0]!.slice(0, 2), [[['0', null]], [['2', null]]])
  t.deepEqual(columns[1]!.slice(0, 2), ['[{[0]}]', '[{[1]}]'])
  const [file] = splitFromJson(splits[0]!.data).files
  t.is(file!.rowGroups[0]!.chunks.length, 2)
  await withSession('local[1]', async (session) => {
    session.read.parquet(path).createOrReplaceTempView('t')
    const rows = await session
      .sql('select x.s.b.c, y.s.b.d, x.l.q[0][0] as q from t x join t y on x.s.a = y.s.b.d where x.s.a = 8')
      .collect()
    t.deepEqual(rows, [{ c: 'x8', d: 8n, q: 8n }])
  })
})
