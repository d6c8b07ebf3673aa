import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/** A file or a folder of files, and what is asked of its columns. */
export interface TextCase {
  readonly what: string
  /** What each contender reads. */
  readonly path: string
  readonly format: 'csv' | 'json'
  /** Without compression. */
  readonly bytes: number
  /** Expressions of SQL that need every column, each an integer; `{size}` is the length of an array. */
  readonly sums: readonly string[]
  /** The same for Polars, of Python. */
  readonly polars: readonly string[]
}

const WIDE_COLUMNS = 20
const SMALL_FILE_BYTES = 10_000

/** Numbers that are the same each time, between 0 and 1. */
function draws(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Rows whose columns are in turn integers, larger integers and numbers with fractions. */
function wideRow(next: () => number): string {
  const values: string[] = []
  for (let i = 0; i < WIDE_COLUMNS; i++) {
    if (i % 4 === 0) values.push(String(Math.floor(next() * 1000)))
    else if (i % 4 === 1) values.push(String(Math.floor(next() * 2_000_000) - 1_000_000))
    else values.push((next() * 10 ** (i % 5)).toFixed(i % 4 === 2 ? 2 : 6))
  }
  return values.join(',')
}

const WORDS = ['river', 'mill', 'wheel, turning', 'stone', 'the "old" dam', 'water', 'Zürich', 'corn and rye', 'flour']

function textRow(next: () => number, id: number): string {
  const words = Array.from({ length: 2 + Math.floor(next() * 6) }, () => WORDS[Math.floor(next() * WORDS.length)]!)
  const text = words.join(' ')
  const quoted = /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  const day = String(1 + Math.floor(next() * 28)).padStart(2, '0')
  const name = `"customer ${Math.floor(next() * 10_000)}"`
  return [id, name, quoted, `2026-0${1 + Math.floor(next() * 9)}-${day}`, (next() * 500).toFixed(2)].join(',')
}

function event(next: () => number, id: number): string {
  const tags = Array.from({ length: Math.floor(next() * 4) }, () => WORDS[Math.floor(next() * WORDS.length)]!)
  const account = { id: Math.floor(next() * 100_000), name: `user ${Math.floor(next() * 1000)}`, tags }
  const place = { lat: Math.round(next() * 180e4) / 1e4 - 90, lon: Math.round(next() * 360e4) / 1e4 - 180 }
  const amount = Math.round(next() * 1e5) / 100 + 0.001
  return JSON.stringify({
    id,
    kind: ['click', 'view', 'buy'][id % 3],
    ms: 1_790_000_000_000 + id,
    account,
    place,
    amount,
  })
}

function* lines(bytes: number, header: string, row: (id: number) => string): Generator<string> {
  let size = header.length
  if (header) yield header
  for (let id = 0; size < bytes; id++) {
    const line = `${row(id)}\n`
    size += line.length
    yield line
  }
}

/** Writes lines, and the same compressed; returns how many bytes they have. */
async function written(path: string, all: () => Iterable<string>): Promise<number> {
  const pieces: string[] = []
  for (const line of all()) pieces.push(line)
  const bytes = Buffer.from(pieces.join(''))
  writeFileSync(path, bytes)
  await pipeline(Readable.from([bytes]), createGzip({ level: 6 }), createWriteStream(`${path}.gz`))
  return bytes.length
}

const wideHeader = `${Array.from({ length: WIDE_COLUMNS }, (_, i) => `c${i}`).join(',')}\n`
const wideSums = Array.from({ length: WIDE_COLUMNS }, (_, i) => `floor(sum(c${i}))`)
const widePolars = Array.from({ length: WIDE_COLUMNS }, (_, i) => `pl.col("c${i}").sum().floor()`)
const TEXT_HEADER = 'id,customer,note,day,price\n'
const TEXT_SUMS = ['sum(id)', 'sum(length(customer))', 'sum(length(note))', 'sum(day(day))', 'floor(sum(price))']
const TEXT_POLARS = [
  'pl.col("id").sum()',
  'pl.col("customer").str.len_chars().sum()',
  'pl.col("note").str.len_chars().sum()',
  'pl.col("day").dt.day().cast(pl.Int64).sum()',
  'pl.col("price").sum().floor()',
]
const EVENT_SUMS = [
  'sum(id)',
  'sum(length(kind))',
  'sum(ms - 1790000000000)',
  'sum(account.id)',
  'sum(length(account.name))',
  'sum({size}(account.tags))',
  'floor(sum(place.lat))',
  'floor(sum(place.lon))',
  'floor(sum(amount))',
]
const EVENT_POLARS = [
  'pl.col("id").sum()',
  'pl.col("kind").str.len_chars().sum()',
  '(pl.col("ms") - 1790000000000).sum()',
  'pl.col("account").struct.field("id").sum()',
  'pl.col("account").struct.field("name").str.len_chars().sum()',
  'pl.col("account").struct.field("tags").list.len().cast(pl.Int64).sum()',
  'pl.col("place").struct.field("lat").sum().floor()',
  'pl.col("place").struct.field("lon").sum().floor()',
  'pl.col("amount").sum().floor()',
]

/** Writes what is measured: files of so many bytes, and so many small ones. */
export async function writeTexts(folder: string, bytes: number, smallFiles: number): Promise<readonly TextCase[]> {
  const cases: TextCase[] = []
  const add = async (name: string, one: Omit<TextCase, 'path' | 'bytes'>, all: () => Iterable<string>) => {
    const path = join(folder, name)
    const size = await written(path, all)
    cases.push({ ...one, path, bytes: size }, { ...one, what: `${one.what}, gzip`, path: `${path}.gz`, bytes: size })
  }
  const wide = { format: 'csv', sums: wideSums, polars: widePolars } as const
  const next = draws(7)
  await add('wide.csv', { ...wide, what: `CSV, ${WIDE_COLUMNS} numbers a row` }, () =>
    lines(bytes, wideHeader, () => wideRow(next)),
  )
  const texts = { format: 'csv', sums: TEXT_SUMS, polars: TEXT_POLARS } as const
  await add('texts.csv', { ...texts, what: 'CSV, quotes and texts' }, () =>
    lines(bytes, TEXT_HEADER, (id) => textRow(next, id)),
  )
  const events = { format: 'json', sums: EVENT_SUMS, polars: EVENT_POLARS } as const
  await add('events.jsonl', { ...events, what: 'JSON lines, nested' }, () => lines(bytes, '', (id) => event(next, id)))
  const small = join(folder, 'small')
  mkdirSync(small)
  let total = 0
  for (let i = 0; i < smallFiles; i++) {
    const text = [...lines(SMALL_FILE_BYTES, wideHeader, () => wideRow(next))].join('')
    writeFileSync(join(small, `part-${i}.csv`), text)
    total += text.length
  }
  return [...cases, { ...wide, what: `${smallFiles} CSV files of 10 kB`, path: join(small, '*.csv'), bytes: total }]
}
