import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { BIGINT, DATE, type DataType, DOUBLE, decimal, field, INT, STRING, TIMESTAMP } from '../../columnar/types.js'
import type { ScanFilter, Split } from '../../connectors/api.js'
import type { ParquetFile } from '../../connectors/parquet/footer.js'
import { mergeSchemas } from '../../connectors/parquet/merge-schemas.js'
import type { SchemaNode } from '../../connectors/parquet/metadata.js'
import { parquetSource } from '../../connectors/parquet/source.js'
import { splitFromJson } from '../../connectors/parquet/split.js'
import { type Cell, readParquet, rowsOf, sql, temporaryDirectory, tpch } from './support.js'

const directory = temporaryDirectory()
const groups = (splits: readonly Split[]): number =>
  splits.flatMap((split) => splitFromJson(split.data).files.flatMap((file) => file.rowGroups)).length

const FILTERED = join(directory, 'filtered.parquet')
const ROWS = 20_480
/** Ten row groups; `g` is the group's number, and the other columns rise with it. */
await sql(`COPY (SELECT (i // 2048)::INTEGER AS g, i::BIGINT * 1000 AS n, (i / 100.0 - 100)::DECIMAL(12, 2) AS d,
  'key ' || lpad(i::VARCHAR, 6, '0') AS s, CASE WHEN i // 2048 = 4 THEN NULL ELSE i END AS gaps,
  CASE WHEN i = 5 THEN 'NaN'::DOUBLE ELSE i / 8.0 - 1000 END AS f, DATE '2000-01-01' + (i // 10)::INTEGER AS day,
  make_timestamp(i * 3600000000) AS at
  FROM range(${ROWS}) t(i)) TO '${FILTERED}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`)

async function groupsRead(...filters: ScanFilter[]): Promise<number> {
  return groups((await readParquet([FILTERED], { columns: ['g'], filters })).splits)
}

test('row groups that cannot match are skipped by their statistics', async (t) => {
  t.is(await groupsRead(), 10)
  t.is(await groupsRead({ op: 'eq', column: 'g', type: INT, value: 3 }), 1)
  t.is(await groupsRead({ op: 'lt', column: 'g', type: INT, value: 3 }), 3)
  t.is(await groupsRead({ op: 'le', column: 'g', type: INT, value: 3 }), 4)
  t.is(await groupsRead({ op: 'gt', column: 'n', type: BIGINT, value: 18_432_000n }), 1)
  t.is(await groupsRead({ op: 'in', column: 'g', type: INT, values: [1, 8, 99] }), 2)
  t.is(await groupsRead({ op: 'ge', column: 'd', type: decimal(12, 2), value: 8432n }), 1)
  t.is(await groupsRead({ op: 'eq', column: 's', type: STRING, value: 'key 000001' }), 1)
  t.is(await groupsRead({ op: 'lt', column: 'day', type: DATE, value: 10_957 + 100 }), 1)
  t.is(await groupsRead({ op: 'ge', column: 'at', type: TIMESTAMP, value: BigInt(ROWS - 1) * 3_600_000_000n }), 10)
  t.is(await groupsRead({ op: 'isNotNull', column: 'gaps' }), 9)
  t.is(await groupsRead({ op: 'eq', column: 'none', type: INT, value: 1 }), 0)
})

test('a NaN is greater than any number though no statistics say so', async (t) => {
  t.is(await groupsRead({ op: 'gt', column: 'f', type: DOUBLE, value: 1e9 }), 10)
  t.is(await groupsRead({ op: 'lt', column: 'f', type: DOUBLE, value: -999 }), 1)
})

test('skipping loses no row that passes the filter', async (t) => {
  const columns: readonly (readonly [string, DataType, (i: number) => bigint | number | string])[] = [
    ['n', BIGINT, (i) => BigInt(i) * 1000n],
    ['d', decimal(12, 2), (i) => BigInt(i) - 10_000n],
    ['s', STRING, (i) => `key ${String(i).padStart(6, '0')}`],
    ['day', DATE, (i) => 10_957 + Math.floor(i / 10)],
  ]
  const signs = { eq: '=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const
  const choice = fc.tuple(
    fc.constantFrom(...columns),
    fc.constantFrom('eq', 'lt', 'le', 'gt', 'ge'),
    fc.integer({ min: 0, max: ROWS - 1 }),
  )
  await fc.assert(
    fc.asyncProperty(choice, async ([[column, type, make], op, i]) => {
      const filter: ScanFilter = { op, column, type, value: make(i) }
      const where = `"${column}" ${signs[op]} (SELECT "${column}" FROM '${FILTERED}' WHERE n = ${i * 1000})`
      const expected = await rowsOf(`SELECT DISTINCT g::VARCHAR FROM '${FILTERED}' WHERE ${where}`)
      const read = await readParquet([FILTERED], { columns: ['g'], filters: [filter] })
      const present = new Set<Cell>(read.columns[0])
      t.true(expected.every(([g]) => present.has(g!)))
      t.true(present.size <= expected.length + 1)
    }),
    { numRuns: 40, seed: 7 },
  )
})

test('splits become smaller towards the end, so that all slots end together, and cover every row once', async (t) => {
  const path = join(directory, 'balanced.parquet')
  await sql(
    `COPY (SELECT i, hash(i) AS h FROM range(1000000) t(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 20480)`,
  )
  const { columns, splits } = await readParquet([path], { parallelism: 2, columns: ['i', 'h'] })
  const rows = splits.map((split) => split.rows!)
  t.true(rows[0]! > 280_000 && rows[0]! < 320_000, 'most of what falls to one of two slots')
  t.true(
    rows.every((count, i) => i === 0 || count <= rows[i - 1]!),
    String(rows),
  )
  t.true(
    rows.every((count) => count >= 60_000 || count === rows.at(-1)),
    String(rows),
  )
  t.deepEqual(
    columns[0],
    Array.from({ length: 1_000_000 }, (_, i) => String(i)),
  )
  const sizes = splits.map(({ data }) => splitFromJson(data).files.flatMap((file) => file.rowGroups))
  const bytes = sizes.map((groups) => groups.flatMap(({ chunks }) => chunks).reduce((sum, [, size]) => sum + size, 0))
  t.deepEqual(
    splits.map((split) => split.bytes),
    bytes,
  )
})

test('a path may be a file, a directory or a pattern; files that begin with _ or . do not count', async (t) => {
  const folder = join(directory, 'folder')
  mkdirSync(folder)
  for (const name of ['a1.parquet', 'a2.parquet', 'b1.parquet', '_temp.parquet', '.hidden.parquet']) {
    copyFileSync(tpch('region'), join(folder, name))
  }
  const rows = async (path: string): Promise<number> => (await readParquet([path])).columns[0]!.length
  t.is(await rows(join(folder, 'a1.parquet')), 5)
  t.is(await rows(folder), 15)
  t.is(await rows(`file://${folder}`), 15)
  t.is(await rows(join(folder, 'a*.parquet')), 10)
  t.is(await rows(join(folder, '{a1,b1}.parquet')), 10)
  t.is(await rows(join(folder, '[!a]?.parquet')), 5)
  t.is(await rows(join(directory, 'fold*')), 15)
})

test('several files are one table: columns by name, NULL where a file lacks one, another type is refused', async (t) => {
  const folder = join(directory, 'evolved')
  mkdirSync(folder)
  await sql(`COPY (SELECT 1 AS a, 'x' AS b) TO '${folder}/1.parquet' (FORMAT parquet)`)
  await sql(`COPY (SELECT 2.5::DOUBLE AS c, 2 AS a) TO '${folder}/2.parquet' (FORMAT parquet)`)
  const { schema, columns } = await readParquet([folder])
  t.deepEqual(
    schema.fields.map(({ name }) => name),
    ['a', 'b', 'c'],
  )
  t.deepEqual(columns, [
    ['1', '2'],
    ['x', null],
    [null, 2.5],
  ])
  await sql(`COPY (SELECT 'three' AS a) TO '${folder}/3.parquet' (FORMAT parquet)`)
  await t.throwsAsync(readParquet([folder]), {
    message: /FAILED_READ_FILE.*column a is of type string here but int in/,
  })
})

test('a column of several files may be NULL where one file says so or lacks it, and so what is in it', (t) => {
  type Node = Omit<SchemaNode, 'children'> & { readonly children: readonly Node[] }
  const node = (name: string, repetition: SchemaNode['repetition'], more: Partial<Node> = {}): Node => ({
    ...{ name, repetition, physical: 'INT32', length: 0, annotation: { kind: 'none' }, isOrdered: true, children: [] },
    ...more,
  })
  const group = (
    name: string,
    repetition: SchemaNode['repetition'],
    kind: 'none' | 'list' | 'map',
    ...children: Node[]
  ): Node => node(name, repetition, { physical: undefined, annotation: { kind }, children })
  const merged = (...files: readonly (readonly Node[])[]) =>
    mergeSchemas(
      files.map((children, i) => {
        const root = group('root', 'REQUIRED', 'none', ...children)
        return { path: `${i}.parquet`, metadata: { root } } as unknown as ParquetFile
      }),
    ).fields
  const [required, optional] = [node('a', 'REQUIRED'), node('a', 'OPTIONAL')]
  const isNullable = (...files: readonly (readonly Node[])[]) => merged(...files)[0]!.nullable
  t.false(isNullable([required], [required]))
  t.true(isNullable([required], [optional]))
  t.true(isNullable([optional], [required]))
  t.true(isNullable([required], []))
  t.true(isNullable([], [required]))
  const list = (of: Node): Node => group('l', 'REQUIRED', 'list', group('list', 'REPEATED', 'none', of))
  const containsNull = (...elements: readonly Node[]) => merged(...elements.map((of) => [list(of)]))[0]!.type
  t.like(containsNull(required, required), { containsNull: false })
  t.like(containsNull(required, optional), { containsNull: true })
  t.like(containsNull(optional, required), { containsNull: true })
  const map = (of: Node): Node =>
    group('m', 'REQUIRED', 'map', group('key_value', 'REPEATED', 'none', node('key', 'REQUIRED'), of))
  const valueContainsNull = (...values: readonly Node[]) => merged(...values.map((of) => [map(of)]))[0]!.type
  t.like(valueContainsNull(required, required), { valueContainsNull: false })
  t.like(valueContainsNull(required, optional), { valueContainsNull: true })
  t.like(valueContainsNull(optional, required), { valueContainsNull: true })
  const fields = (...files: readonly (readonly Node[])[]) => {
    const [{ type } = { type: undefined }] = merged(...files.map((of) => [group('s', 'REQUIRED', 'none', ...of)]))
    return type?.kind === 'struct' ? type.fields.map(({ name, nullable }) => [name, nullable]) : []
  }
  const other = node('B', 'REQUIRED')
  t.deepEqual(fields([required], [required, other]), [
    ['a', false],
    ['B', true],
  ])
  t.deepEqual(fields([required, other], [optional]), [
    ['a', true],
    ['B', true],
  ])
  t.deepEqual(fields([other, required], [node('A', 'REQUIRED'), node('b', 'REQUIRED')]), [
    ['B', false],
    ['a', false],
  ])
})

test('a schema given by the user selects columns by name and fills in what is missing', async (t) => {
  const given = { fields: [field('N_NAME', STRING, false), field('extra', INT)] }
  const { schema, columns } = await readParquet([tpch('nation')], { schema: given })
  t.true(schema.fields.every(({ nullable }) => nullable))
  t.is(columns[0]![0], 'ALGERIA')
  t.true(columns[1]!.every((cell) => cell === null))
  const wrong = { fields: [field('n_name', BIGINT)] }
  await t.throwsAsync(readParquet([tpch('nation')], { schema: wrong }), {
    message: /n_name is of type string where bigint/,
  })
})

test('the description tells between which values columns lie, for numbers, dates and timestamps only', async (t) => {
  const { statistics } = await parquetSource.describe({}, [tpch('orders')], undefined)
  const ranges = statistics!.ranges!
  t.deepEqual(ranges['o_orderkey'], [1, 60000])
  const day = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000
  t.deepEqual(ranges['o_orderdate'], [day('1992-01-01'), day('1998-08-02')])
  t.false('o_comment' in ranges)
})
