import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../duckdb-connection.js'

/** What is mutated. */
export type Samples = readonly Uint8Array[]

export const CODECS = ['gz', 'deflate', 'bz2', 'lz4', 'snappy', 'zst'] as const

const TEXTS = 'test/data/spark/text-files.jsonl'
const COMPRESSED = 'test/data/spark/compressed'
const ARROW = 'test/data/arrow'
const AVRO = 'test/data/avro'
const PARQUET = 'test/data/parquet'

const CSV_ROW =
  '17,"a ""quoted"" text",-1.5e3,2026-01-02,true,2026-01-02T03:04:05.678+01:00,12.345,0.0000000001,-9,1.25,3,2026-01-02 03:04:05,xyz\n'
const JSON_ROW =
  '{"id":7,"name":"a\\u00e9\\n","x":1.5,"o":{"a":1,"b":["x",null],"c":{"k":-2e3}},"l":[{"a":2,"b":[]},null],"any":[1,{"z":true}],"c3":"2026-01-02","c6":12.5}\n'

function textsOf(format: string): Samples {
  const cases = readFileSync(TEXTS, 'utf8').split('\n').filter(Boolean)
  const contents = cases.flatMap((line) => {
    const one = JSON.parse(line) as { readonly format: string; readonly content: string }
    return one.format === format ? [one.content] : []
  })
  return contents.map((content) => Buffer.from(content))
}

export const csvSamples = (): Samples => [...textsOf('csv'), Buffer.from(CSV_ROW.repeat(3))]
export const jsonSamples = (): Samples => [...textsOf('json'), Buffer.from(JSON_ROW.repeat(3))]

export const compressedSamples = (extension: string): Samples => [
  readFileSync(join(COMPRESSED, `lines.txt.${extension}`)),
]

const filesIn = (folder: string, ending: string): Samples =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name)))

export const arrowSamples = (): Samples => filesIn(ARROW, '.arrow')
export const avroSamples = (): Samples => filesIn(AVRO, '.avro')

const LAYOUTS = [
  "CODEC 'snappy'",
  "CODEC 'uncompressed', PARQUET_VERSION 'V2', DICTIONARY_SIZE_LIMIT 1",
  "CODEC 'gzip'",
  "CODEC 'zstd', DICTIONARY_SIZE_LIMIT 1",
  "CODEC 'lz4_raw'",
]

/** Small files of all encodings: those of other writers, and DuckDB's. */
export async function parquetSamples(): Promise<Samples> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-fuzz-'))
  const connection = await connect()
  try {
    for (const [i, layout] of LAYOUTS.entries()) {
      const path = join(folder, `${i}.parquet`)
      await connection.run(`copy (select i, case when i % 3 = 0 then i * 1000003 end j, 'text ' || (i % 50) few, md5(i::varchar) many,
        i % 2 = 0 flag, sqrt(i) f, (i / 7)::decimal(30, 3) d, [case when x % 3 > 0 then 't' || x end for x in range(i % 5)] l,
        map {i: [{'a': i % 2 = 0}]} m from range(200) t(i)) to '${path}' (format parquet, ${layout})`)
    }
    return [...LAYOUTS.map((_, i) => readFileSync(join(folder, `${i}.parquet`))), ...filesIn(PARQUET, '.parquet')]
  } finally {
    connection.closeSync()
    rmSync(folder, { recursive: true })
  }
}
