import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { Encoding } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { duckColumns, firstDifference, readParquet, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()
const ROWS = 30_000
const gaps = <T>(make: (i: number) => T): (T | null)[] =>
  Array.from({ length: ROWS }, (_, i) => (i % 7 === 0 || (i > 9000 && i < 19_000) ? null : make(i)))
const all = <T>(make: (i: number) => T): T[] => Array.from({ length: ROWS }, (_, i) => make(i))

const text = (i: number): string => `${'prefix '.repeat(i % 5)}${i * 7919}`
const COLUMNS: readonly (readonly [name: string, encodings: readonly Encoding[], data: unknown[], type: string])[] = [
  [
    'int32',
    ['PLAIN', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT', 'RLE_DICTIONARY'],
    all((i) => ((i * 7919) % 65_536) - 30_000),
    'INT32',
  ],
  [
    'int32_gaps',
    ['PLAIN', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT', 'RLE_DICTIONARY'],
    gaps((i) => i % 300),
    'INT32',
  ],
  [
    'int64',
    ['PLAIN', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT', 'RLE_DICTIONARY'],
    all((i) => (BigInt(i) * 1_000_003n) << 20n),
    'INT64',
  ],
  [
    'int64_gaps',
    ['PLAIN', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT', 'RLE_DICTIONARY'],
    gaps((i) => -(BigInt(i) ** 4n)),
    'INT64',
  ],
  ['double', ['PLAIN', 'BYTE_STREAM_SPLIT', 'RLE_DICTIONARY'], gaps((i) => i / 3), 'DOUBLE'],
  ['float', ['PLAIN', 'BYTE_STREAM_SPLIT'], gaps((i) => i / 4), 'FLOAT'],
  ['text', ['PLAIN', 'DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY', 'RLE_DICTIONARY'], all(text), 'STRING'],
  ['text_gaps', ['PLAIN', 'DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY', 'RLE_DICTIONARY'], gaps(text), 'STRING'],
  ['flag', ['PLAIN', 'RLE'], gaps((i) => i % 3 === 0), 'BOOLEAN'],
]

for (const [name, encodings, data, type] of COLUMNS) {
  for (const encoding of encodings) {
    test(`V2 pages of ${name} in ${encoding} are read as DuckDB reads them`, async (t) => {
      const path = join(directory, `${name}-${encoding}.parquet`)
      const column = { name, data, type: type as 'INT32', nullable: data.includes(null), encoding }
      writeFileSync(
        path,
        Buffer.from(parquetWriteBuffer({ columnData: [column], rowGroupSize: 20_000, pageSize: 30_000 })),
      )
      const { schema, columns } = await readParquet([path])
      // DuckDB knows this one only for floating point.
      const isOurs = encoding === 'BYTE_STREAM_SPLIT' && type.startsWith('INT')
      const expected = isOurs ? [data.map((v) => (v === null ? null : String(v)))] : await duckColumns(path, schema)
      t.is(firstDifference(schema, columns, expected), undefined)
    })
  }
}
