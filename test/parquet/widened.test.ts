import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { array, BIGINT, type DataType, DOUBLE, decimal, FLOAT, INT, SMALLINT, struct } from '../../columnar/types.js'
import { columnsOf } from '../../connectors/parquet/columns.js'
import type { FileColumn } from '../../connectors/parquet/file-column.js'
import type { SchemaNode } from '../../connectors/parquet/metadata.js'
import { conversionTo } from '../../connectors/parquet/widened.js'
import { duckColumns, firstDifference, readParquet, sql, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()

/** What is stored, in the types of DuckDB, and as what it can be read. */
const PAIRS: readonly (readonly [stored: string, value: string, read: readonly (readonly [DataType, string])[]])[] = [
  [
    'TINYINT',
    'i % 256 - 128',
    [
      [SMALLINT, 'SMALLINT'],
      [INT, 'INTEGER'],
      [BIGINT, 'BIGINT'],
      [DOUBLE, 'DOUBLE'],
    ],
  ],
  [
    'SMALLINT',
    'i * 131 % 65536 - 32768',
    [
      [INT, 'INTEGER'],
      [BIGINT, 'BIGINT'],
      [DOUBLE, 'DOUBLE'],
    ],
  ],
  [
    'INTEGER',
    '(hash(i) % 4294967296)::BIGINT - 2147483648',
    [
      [BIGINT, 'BIGINT'],
      [DOUBLE, 'DOUBLE'],
    ],
  ],
  [
    'FLOAT',
    "CASE WHEN i % 10 = 0 THEN 'NaN' WHEN i % 10 = 1 THEN '-Infinity' ELSE (i / 7.0)::VARCHAR END",
    [[DOUBLE, 'DOUBLE']],
  ],
  [
    'DECIMAL(4, 2)',
    '(i % 19999 - 9999) / 100',
    [
      [decimal(9, 2), 'DECIMAL(9, 2)'],
      [decimal(18, 2), 'DECIMAL(18, 2)'],
    ],
  ],
  [
    'DECIMAL(12, 2)',
    '(i * 7919 - 99999) / 100',
    [
      [decimal(18, 2), 'DECIMAL(18, 2)'],
      [decimal(38, 2), 'DECIMAL(38, 2)'],
    ],
  ],
  ['DECIMAL(20, 3)', '(i * 79190 - 99999) / 1000', [[decimal(30, 3), 'DECIMAL(30, 3)']]],
]

const LAYOUTS = [
  "CODEC 'snappy'",
  "CODEC 'snappy', DICTIONARY_SIZE_LIMIT 1",
  "CODEC 'snappy', PARQUET_VERSION 'V2', DICTIONARY_SIZE_LIMIT 1",
]

test('a column is read as a wider type that a schema asks for, and that another file has', async (t) => {
  for (const [stored, value, read] of PAIRS)
    for (const [layout, options] of LAYOUTS.entries())
      for (const [type, name] of read) {
        const folder = join(directory, `${stored}-${name}-${layout}`)
        mkdirSync(folder)
        const column = `CASE WHEN i % 7 <> 3 THEN (${value})::${stored} END`
        await sql(
          `COPY (SELECT ${column} AS a FROM range(6000) t(i)) TO '${folder}/1.parquet' (FORMAT parquet, ${options})`,
        )
        const field = { name: 'a', type, nullable: true }
        const alone = await readParquet([folder], { schema: { fields: [field] } })
        t.is(
          firstDifference(alone.schema, alone.columns, await duckColumns(`${folder}/1.parquet`, alone.schema)),
          undefined,
          folder,
        )
        await sql(
          `COPY (SELECT ${column}::${name} AS a FROM range(300) t(i)) TO '${folder}/2.parquet' (FORMAT parquet, ${options})`,
        )
        const both = await readParquet([folder])
        t.deepEqual(both.schema.fields, [field])
        t.deepEqual(both.columns[0]!.slice(6000), alone.columns[0]!.slice(0, 300), folder)
        t.deepEqual(both.columns[0]!.slice(0, 6000), alone.columns[0], folder)
      }
})

test('what is within arrays and structs is read as a wider type too', async (t) => {
  const path = join(directory, 'nested.parquet')
  await sql(
    `COPY (SELECT [i::INTEGER, NULL] AS a, {'x': (i * 100)::SMALLINT} AS s FROM range(50) t(i)) TO '${path}' (FORMAT parquet)`,
  )
  const fields = [
    { name: 'a', type: array(BIGINT), nullable: true },
    { name: 's', type: struct([{ name: 'x', type: DOUBLE, nullable: true }]), nullable: true },
  ]
  const { schema, columns } = await readParquet([path], { schema: { fields } })
  t.deepEqual(schema.fields, fields)
  t.deepEqual(columns[0]!.slice(0, 2), ['[0, NULL]', '[1, NULL]'])
  t.deepEqual(columns[1]!.slice(0, 3), [[0], [100], [200]])
})

test('row groups are left out by the values of a narrower column, and no others', async (t) => {
  const path = join(directory, 'groups.parquet')
  await sql(`COPY (SELECT i::INTEGER AS a FROM range(10000) t(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`)
  const read = async (type: DataType, value: bigint | number): Promise<number> => {
    const filters = [{ column: 'a', op: 'ge', type, value }] as const
    return (await readParquet([path], { schema: { fields: [{ name: 'a', type, nullable: true }] }, filters }))
      .columns[0]!.length
  }
  t.is(await read(BIGINT, 9000n), 10_000 - 4 * 2048)
  t.is(await read(BIGINT, 10_000n), 0)
  t.is(await read(DOUBLE, 9000.5), 10_000)
})

test('a narrower type, and one of another kind, is refused by name', async (t) => {
  const path = join(directory, 'refused.parquet')
  await sql(
    `COPY (SELECT 1::BIGINT AS b, 1.5::DOUBLE AS d, 1.25::DECIMAL(5, 2) AS c FROM range(3)) TO '${path}' (FORMAT parquet)`,
  )
  for (const [name, type, message] of [
    ['b', INT, /column b is of type bigint where int is expected/],
    ['b', DOUBLE, /bigint where double/],
    ['d', FLOAT, /double where float/],
    ['c', decimal(4, 2), /decimal\(5,2\) where decimal\(4,2\)/],
    ['c', decimal(9, 3), /decimal\(5,2\) where decimal\(9,3\)/],
  ] as const)
    await t.throwsAsync(readParquet([path], { schema: { fields: [{ name, type, nullable: true }] } }), { message })
})

test('halves, which are stored in two bytes, are not read as doubles', (t) => {
  const node = (name: string, more: Partial<SchemaNode>): SchemaNode => ({
    ...{ name, repetition: 'REQUIRED', physical: undefined, length: 0, annotation: { kind: 'none' }, isOrdered: true },
    ...{ children: [], ...more },
  })
  const half = node('a', { physical: 'FIXED_LEN_BYTE_ARRAY', length: 2, annotation: { kind: 'float16' } })
  const whole = node('b', { physical: 'FLOAT' })
  const [a, b] = columnsOf({
    rows: 0,
    rowGroups: [],
    sparkSchema: undefined,
    root: node('root', { children: [half, whole] }),
  })
  const read = (column: FileColumn | undefined, type: DataType) => column?.kind === 'leaf' && conversionTo(column, type)
  t.is(read(a, DOUBLE), undefined)
  t.truthy(read(a, FLOAT))
  t.truthy(read(b, DOUBLE))
})
