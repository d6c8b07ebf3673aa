import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { typeName } from '../../columnar/types.js'
import { withSession } from '../support/sessions.js'
import { newContext, readParquet, sql, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()
const data = (name: string): string => fileURLToPath(new URL(`../../../test/data/parquet/${name}`, import.meta.url))

test('files that Spark wrote, legacy ones too, are shown as Spark shows them', async (t) => {
  const shown = readFileSync(data('shown.txt'), 'utf8').split(/^# /m).slice(1)
  t.is(shown.length, 4)
  await withSession('local[1]', async (session) => {
    for (const text of shown) {
      const [name, ...lines] = text.trimEnd().split('\n')
      const frame = session.read.parquet(data(`${name}.parquet`)).orderBy('id')
      t.is((await frame.showString(20, false)).trimEnd(), lines.join('\n'), name)
    }
  })
})

for (const name of ['pyarrow-v1', 'pyarrow-v2', 'pyarrow-map']) {
  test(`lists that pyarrow wrote in many small pages: ${name}`, async (t) => {
    // DuckDB lays the same rows out otherwise: in one page.
    const copy = join(directory, `${name}.parquet`)
    await sql(`COPY (FROM read_parquet('${data(`${name}.parquet`)}')) TO '${copy}' (FORMAT parquet)`)
    const context = newContext()
    const ours = await readParquet([data(`${name}.parquet`)], { context })
    const theirs = await readParquet([copy])
    t.deepEqual(ours.columns, theirs.columns)
    t.deepEqual(
      ours.schema.fields.map(({ type }) => typeName(type)),
      theirs.schema.fields.map(({ type }) => typeName(type)),
    )
    t.is(context.live.size, 0)
  })
}

/**
 * Writes a file with one column: `written` as lists and maps are now, of which the same levels and values come as of `schema`, which then is
 * what the file says.
 */
function writeColumn(name: string, { written, schema, values }: Layout): string {
  const writer = new ByteWriter()
  const root = { name: 'root', num_children: 1 }
  const parquet = new ParquetWriter({ writer, schema: [root, ...written] })
  parquet.write({ columnData: [{ name: written[0]!.name, data: values }] })
  parquet.schema = [root, ...schema]
  for (const [i, path] of pathsOf(schema).entries()) parquet.row_groups[0]!.columns[i]!.meta_data!.path_in_schema = path
  parquet.finish()
  const path = join(directory, `${name}.parquet`)
  writeFileSync(path, writer.getBytes())
  return path
}

/** The names down to each leaf of a schema. */
function pathsOf(schema: readonly SchemaElement[]): string[][] {
  let next = 0
  const paths = (): string[][] => {
    const { name, num_children: children = 0 } = schema[next++]!
    if (children === 0) return [[name]]
    return Array.from({ length: children }, paths).flatMap((below) => below.map((path) => [name, ...path]))
  }
  return paths()
}

type Repetition = 'REQUIRED' | 'OPTIONAL' | 'REPEATED'

const group = (
  name: string,
  repetition_type: Repetition,
  num_children: number,
  converted_type?: 'LIST' | 'MAP' | 'MAP_KEY_VALUE',
): SchemaElement => ({
  name,
  repetition_type,
  num_children,
  ...(converted_type ? { converted_type } : {}),
})
const int = (name: string, repetition_type: Repetition = 'OPTIONAL'): SchemaElement => ({
  name,
  repetition_type,
  type: 'INT32',
})

/** How lists and maps are written now. */
const list = (repetition: Repetition, ...element: readonly SchemaElement[]): readonly SchemaElement[] => [
  group('c', repetition, 1, 'LIST'),
  group('list', 'REPEATED', 1),
  ...element,
]
const PAIR = [group('element', 'REQUIRED', 2), int('a'), int('b')]
const MAP = [group('c', 'OPTIONAL', 1, 'MAP'), group('key_value', 'REPEATED', 2), int('key', 'REQUIRED'), int('value')]
const MAPS = [
  new Map([
    [1, 2],
    [3, null],
  ]),
  null,
  new Map(),
]

interface Layout {
  readonly written: readonly SchemaElement[]
  readonly schema: readonly SchemaElement[]
  readonly values: unknown[]
  readonly type: string
  readonly cells: readonly (string | null)[]
}

/** The rules of Parquet's LogicalTypes.md for lists and maps of old writers. */
const LAYOUTS: Readonly<Record<string, Layout>> = {
  'a repeated column that no list is around': {
    written: list('REQUIRED', int('element', 'REQUIRED')),
    schema: [int('c', 'REPEATED')],
    values: [[1, 2], [], [3]],
    type: 'array<int>',
    cells: ['[1, 2]', '[]', '[3]'],
  },
  'a repeated group that no list is around': {
    written: list('REQUIRED', ...PAIR),
    schema: [group('c', 'REPEATED', 2), int('a'), int('b')],
    values: [
      [
        { a: 1, b: 2 },
        { a: null, b: 3 },
      ],
      [],
    ],
    type: 'array<struct<a:int,b:int>>',
    cells: ['[{1, 2}, {NULL, 3}]', '[]'],
  },
  'a list of two levels': {
    written: list('OPTIONAL', int('element', 'REQUIRED')),
    schema: [group('c', 'OPTIONAL', 1, 'LIST'), int('element', 'REPEATED')],
    values: [[1, 2], null, []],
    type: 'array<int>',
    cells: ['[1, 2]', null, '[]'],
  },
  'the group of Hive around the element is called bag': {
    written: list('OPTIONAL', int('element')),
    schema: [group('c', 'OPTIONAL', 1, 'LIST'), group('bag', 'REPEATED', 1), int('array_element')],
    values: [[1, null], null, []],
    type: 'array<int>',
    cells: ['[1, NULL]', null, '[]'],
  },
  'what parquet-avro repeats is an element called array': {
    written: list('OPTIONAL', int('element')),
    schema: [group('c', 'OPTIONAL', 1, 'LIST'), group('array', 'REPEATED', 1), int('str')],
    values: [[1, null], null],
    type: 'array<struct<str:int>>',
    cells: ['[{1}, {NULL}]', null],
  },
  'what parquet-thrift repeats is an element called as the list': {
    written: list('OPTIONAL', int('element')),
    schema: [group('c', 'OPTIONAL', 1, 'LIST'), group('c_tuple', 'REPEATED', 1), int('str')],
    values: [[1, null], null],
    type: 'array<struct<str:int>>',
    cells: ['[{1}, {NULL}]', null],
  },
  'what repeats around a column that repeats is an element': {
    written: list(
      'OPTIONAL',
      group('element', 'REQUIRED', 1, 'LIST'),
      group('list', 'REPEATED', 1),
      int('element', 'REQUIRED'),
    ),
    schema: [group('c', 'OPTIONAL', 1, 'LIST'), group('list', 'REPEATED', 1), int('element', 'REPEATED')],
    values: [[[1, 2], []], null, [], [[3]]],
    type: 'array<struct<element:array<int>>>',
    cells: ['[{[1, 2]}, {[]}]', null, '[]', '[{[3]}]'],
  },
  'a group of several fields that repeats is the element': {
    written: list('REQUIRED', ...PAIR),
    schema: [group('c', 'REQUIRED', 1, 'LIST'), group('element', 'REPEATED', 2), int('a'), int('b')],
    values: [[{ a: 1, b: 2 }], []],
    type: 'array<struct<a:int,b:int>>',
    cells: ['[{1, 2}]', '[]'],
  },
  'the entries of a map are marked as a map in old files': {
    written: MAP,
    schema: [MAP[0]!, group('map', 'REPEATED', 2, 'MAP_KEY_VALUE'), int('key', 'REQUIRED'), int('value')],
    values: MAPS,
    type: 'map<int,int>',
    cells: ['[[1, 2], [3, NULL]]', null, '[]'],
  },
  'a map that is only marked as one of old files': {
    written: MAP,
    schema: [
      group('c', 'OPTIONAL', 1, 'MAP_KEY_VALUE'),
      group('map', 'REPEATED', 2),
      int('key', 'REQUIRED'),
      int('value'),
    ],
    values: MAPS,
    type: 'map<int,int>',
    cells: ['[[1, 2], [3, NULL]]', null, '[]'],
  },
}

for (const [name, layout] of Object.entries(LAYOUTS)) {
  test(name, async (t) => {
    const { schema, columns } = await readParquet([writeColumn(name.replaceAll(' ', '-'), layout)])
    t.is(typeName(schema.fields[0]!.type), layout.type)
    t.deepEqual(columns[0], layout.cells)
  })
}

test('a list of another form is in the schema, and only selecting it fails', async (t) => {
  const layout = { ...LAYOUTS['a list of two levels']!, schema: [group('c', 'OPTIONAL', 1, 'LIST'), int('element')] }
  const error = await t.throwsAsync(readParquet([writeColumn('other-form', layout)]))
  t.regex(error!.message, /UNSUPPORTED_FEATURE.*column c, a list of an unknown form/)
})

test('values of a map may be NULL where the file says so', async (t) => {
  for (const [repetition, valueContainsNull] of [
    ['OPTIONAL', true],
    ['REQUIRED', false],
  ] as const) {
    const schema = [...MAP.slice(0, 3), int('value', repetition)]
    const layout = { ...LAYOUTS['a map that is only marked as one of old files']!, written: schema, schema }
    const values = [new Map([[1, 2]])]
    const read = await readParquet([writeColumn(`map-${repetition}`, { ...layout, values })])
    t.like(read.schema.fields[0]!.type, { kind: 'map', valueContainsNull })
  }
})

test('a map with a NULL key is an error', async (t) => {
  const written = list('OPTIONAL', group('element', 'REQUIRED', 2), int('key'), int('value'))
  const schema = [group('c', 'OPTIONAL', 1, 'MAP'), group('key_value', 'REPEATED', 2), int('key'), int('value')]
  const layout = { written, schema, values: [[{ key: null, value: 1 }]], type: '', cells: [] }
  const error = await t.throwsAsync(readParquet([writeColumn('null-key', layout)]))
  t.regex(error!.message, /FAILED_READ_FILE.*a map has a NULL key/)
})
