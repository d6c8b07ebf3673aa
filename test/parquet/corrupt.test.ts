import { mkdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { parquetReader } from '../../connectors/parquet/reader/reader.js'
import { parquetSource } from '../../connectors/parquet/source.js'
import { newContext, readParquet, sql, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()
let files = 0
const newPath = (): string => join(directory, `${files++}.parquet`)

function fileOf(bytes: Uint8Array): string {
  const path = newPath()
  writeFileSync(path, bytes)
  return path
}

async function conditionOf(read: Promise<unknown>): Promise<string> {
  try {
    await read
    return 'none'
  } catch (error) {
    return MillraceError.is(error) ? `${error.condition}: ${error.message}` : `not ours: ${String(error)}`
  }
}

async function sample(options: string): Promise<Uint8Array> {
  if (options === V2_PAGES) return v2Sample()
  const path = newPath()
  if (options.startsWith(NESTED)) {
    await sql(`COPY (SELECT i, [CASE WHEN x % 3 > 0 THEN 'text ' || x END FOR x IN range(i % 5)] AS l,
      CASE WHEN i % 7 > 0 THEN MAP {i: [{'a': i % 2 = 0, 'b': [i, NULL]}]} END AS m, {'l': [[i], NULL, []]} AS s
      FROM range(1000) t(i)) TO '${path}' (FORMAT parquet, ${options.slice(NESTED.length)})`)
    return readFileSync(path)
  }
  await sql(`COPY (SELECT i, CASE WHEN i % 3 = 0 THEN i * 1000003 END AS j, 'text ' || (i % 50) AS few,
    CASE WHEN i % 4 > 0 THEN md5(i::VARCHAR) END AS many, i % 2 = 0 AS flag, sqrt(i) AS f, (i / 7)::DECIMAL(30, 3) AS d
    FROM range(3000) t(i)) TO '${path}' (FORMAT parquet, ${options})`)
  return readFileSync(path)
}

const NESTED = 'nested: '
const V2_PAGES = 'V2 pages of all encodings'

function v2Sample(): Uint8Array {
  const rows = Array.from({ length: 3000 }, (_, i) => i)
  const gaps = <T>(make: (i: number) => T): (T | null)[] => rows.map((i) => (i % 5 === 0 ? null : make(i)))
  const columnData = [
    { name: 'prefixes', data: gaps((i) => `prefix ${i}`), type: 'STRING', encoding: 'DELTA_BYTE_ARRAY' },
    { name: 'lengths', data: rows.map((i) => 'x'.repeat(i % 9)), type: 'STRING', encoding: 'DELTA_LENGTH_BYTE_ARRAY' },
    { name: 'deltas', data: gaps((i) => BigInt(i * i)), type: 'INT64', encoding: 'DELTA_BINARY_PACKED' },
    { name: 'streams', data: gaps((i) => i / 3), type: 'DOUBLE', encoding: 'BYTE_STREAM_SPLIT' },
    { name: 'flags', data: gaps((i) => i % 3 === 0), type: 'BOOLEAN', encoding: 'RLE' },
    { name: 'few', data: gaps((i) => `value ${i % 10}`), type: 'STRING', encoding: 'RLE_DICTIONARY' },
  ] as const
  return new Uint8Array(parquetWriteBuffer({ columnData: columnData.map((column) => ({ ...column })), pageSize: 4000 }))
}

test('what is not there or no Parquet file is named with the reason', async (t) => {
  t.regex(await conditionOf(readParquet([join(directory, 'none')])), /^PATH_NOT_FOUND/)
  t.regex(await conditionOf(readParquet([join(directory, 'none*')])), /^PATH_NOT_FOUND/)
  t.regex(await conditionOf(readParquet([fileOf(Buffer.alloc(0))])), /^FAILED_READ_FILE.*0 bytes and is not a Parquet/)
  t.regex(await conditionOf(readParquet([fileOf(Buffer.from('id,name\n1,x\n2,y\n'))])), /^FAILED_READ_FILE.*PAR1/)
  t.regex(await conditionOf(readParquet(['/dev/null'])), /^FAILED_READ_FILE.*not a regular file/)
  const empty = join(directory, 'empty')
  mkdirSync(empty)
  t.regex(await conditionOf(readParquet([empty])), /^UNABLE_TO_INFER_SCHEMA/)
})

test('a file cut anywhere is refused', async (t) => {
  const whole = await sample("CODEC 'snappy'")
  for (const length of [
    3,
    11,
    100,
    Math.floor(whole.length / 2),
    whole.length - 300,
    whole.length - 8,
    whole.length - 1,
  ]) {
    t.regex(await conditionOf(readParquet([fileOf(whole.subarray(0, length))])), /^FAILED_READ_FILE/, String(length))
  }
  // The middle is missing but the footer is whole.
  const gap = Buffer.concat([whole.subarray(0, 4), whole.subarray(whole.length - 4000)])
  t.regex(await conditionOf(readParquet([fileOf(gap)])), /^FAILED_READ_FILE/)
})

test('a file that changes between planning and reading is refused', async (t) => {
  const path = fileOf(await sample("CODEC 'snappy'"))
  const source = await parquetSource.describe({}, [path], undefined)
  const request = { source, columns: ['i'], filters: [], parallelism: 1 }
  const [split] = await parquetSource.planSplits(request)
  const read = async (): Promise<void> => {
    const reader = await parquetReader.openReader(request, split!, newContext())
    try {
      await reader.next()
    } finally {
      await reader.close()
    }
  }
  t.is(await conditionOf(read()), 'none')
  utimesSync(path, 1, 1)
  t.regex(await conditionOf(read()), /^FAILED_READ_FILE.*changed after the query was planned/)
  truncateSync(path, 10)
  t.regex(await conditionOf(read()), /^FAILED_READ_FILE/)
})

const LAYOUTS = [
  "CODEC 'snappy'",
  "CODEC 'snappy', DICTIONARY_SIZE_LIMIT 1",
  "CODEC 'uncompressed'",
  "CODEC 'uncompressed', PARQUET_VERSION 'V2', DICTIONARY_SIZE_LIMIT 1",
  "CODEC 'gzip'",
  "CODEC 'zstd', DICTIONARY_SIZE_LIMIT 1",
  "CODEC 'lz4_raw', DICTIONARY_SIZE_LIMIT 1",
  V2_PAGES,
  `${NESTED}CODEC 'uncompressed'`,
  `${NESTED}CODEC 'uncompressed', PARQUET_VERSION 'V2', DICTIONARY_SIZE_LIMIT 1`,
]

for (const options of LAYOUTS) {
  test(`random damage gives rows or an error of ours, never a trap, and no memory is lost: ${options}`, async (t) => {
    const whole = await sample(options)
    const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    })
    const path = newPath()
    let stamp = 1
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bytes = Uint8Array.from(whole)
        for (const [place, value] of changes) bytes[Math.floor(place * (bytes.length - 1))] = value
        writeFileSync(path, bytes)
        utimesSync(path, stamp, stamp++)
        const context = newContext()
        const condition = await conditionOf(readParquet([path], { context }))
        t.regex(condition, /^(none|FAILED_READ_FILE|UNSUPPORTED_FEATURE|INTERNAL_ERROR: .*memory budget)/)
        t.is(context.live.size, 0)
      }),
      { numRuns: 150, seed: 20_240_229 },
    )
  })
}
