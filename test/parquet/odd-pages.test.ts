import fs, { writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import test from 'ava'
import { ByteWriter } from 'hyparquet-writer'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { readParquet, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()
const PAR1 = 0x31524150
let files = 0

type Header = Parameters<typeof writePageHeader>[1]

interface Page {
  readonly header: Omit<Header, 'uncompressed_page_size' | 'compressed_page_size'> & { uncompressed_page_size?: number }
  readonly bytes: Uint8Array
  /** So many bytes of its header are of a field that nobody knows. */
  readonly unknown?: number
}

interface Chunk {
  readonly rows?: number
  readonly values?: number
  readonly codec?: 'UNCOMPRESSED' | 'SNAPPY'
  readonly isOptional?: boolean
  readonly dictionary?: boolean
  readonly type?: 'INT32' | 'BYTE_ARRAY'
}

const int32s = (...values: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer)
const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)])
const RLE = { definition_level_encoding: 'RLE', repetition_level_encoding: 'RLE' } as const

const plainPage = (bytes: Uint8Array, values = 4, unknown = 0): Page => ({
  header: { type: 'DATA_PAGE', data_page_header: { num_values: values, encoding: 'PLAIN', ...RLE } },
  bytes,
  unknown,
})
const codedPage = (bytes: Uint8Array): Page => ({
  header: { type: 'DATA_PAGE', data_page_header: { num_values: 4, encoding: 'RLE_DICTIONARY', ...RLE } },
  bytes,
})
const dictionaryPage = (bytes: Uint8Array, values: number, crc?: number): Page => ({
  header: {
    type: 'DICTIONARY_PAGE',
    dictionary_page_header: { num_values: values, encoding: 'PLAIN' },
    ...(crc === undefined ? {} : { crc: crc | 0 }),
  },
  bytes,
})
/** Four values, of which the levels and the rest have these bytes. */
const secondPage = (bytes: Uint8Array, levels: number, isCompressed: boolean, uncompressed = bytes.length): Page => ({
  header: {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: uncompressed,
    data_page_header_v2: {
      ...{ num_values: 4, num_nulls: 0, num_rows: 4, encoding: 'PLAIN', is_compressed: isCompressed },
      ...{ definition_levels_byte_length: levels, repetition_levels_byte_length: 0 },
    },
  },
  bytes,
})

function headerBytes({ header, bytes, unknown = 0 }: Page): Uint8Array {
  const writer = new ByteWriter()
  writePageHeader(writer, { uncompressed_page_size: bytes.length, compressed_page_size: bytes.length, ...header })
  const known = writer.getBytes()
  // Field 15, ten behind the last one, before the end of the structure.
  return unknown === 0
    ? known
    : Buffer.concat([known.subarray(0, -1), Uint8Array.from([0xa8, ...varint(unknown)]), Buffer.alloc(unknown + 1)])
}

/** A file of one column `n` that has these pages. */
function fileOf(
  pages: readonly Page[],
  { rows = 4, values = 4, codec, isOptional, dictionary, type = 'INT32' }: Chunk = {},
): string {
  const writer = new ByteWriter()
  writer.appendUint32(PAR1)
  for (const page of pages) {
    writer.appendBytes(headerBytes(page))
    writer.appendBytes(page.bytes)
  }
  const size = BigInt(writer.offset - 4)
  const about = {
    type,
    encodings: ['PLAIN' as const],
    path_in_schema: ['n'],
    codec: codec ?? ('UNCOMPRESSED' as const),
    num_values: BigInt(values),
    total_uncompressed_size: size,
    total_compressed_size: size,
    data_page_offset: 4n,
    ...(dictionary ? { dictionary_page_offset: 4n } : {}),
  }
  const columns = [{ file_offset: 4n, meta_data: about }]
  writeMetadata(writer, {
    version: 2,
    schema: [
      { name: 'root', num_children: 1 },
      { name: 'n', type, repetition_type: isOptional ? 'OPTIONAL' : 'REQUIRED' },
    ],
    num_rows: BigInt(rows),
    row_groups: [{ total_byte_size: size, num_rows: BigInt(rows), columns }],
    metadata_length: 0,
  })
  writer.appendUint32(PAR1)
  const path = join(directory, `${files++}.parquet`)
  writeFileSync(path, writer.getBytes())
  return path
}

const ROWS = [['1', '2', '3', '4']]
const read = async (path: string): Promise<unknown> => (await readParquet([path])).columns

test('a page whose header is longer than what is looked at first is read', async (t) => {
  for (const unknown of [8_000, 8_192, 70_000, 300_000])
    t.deepEqual(await read(fileOf([plainPage(int32s(1, 2, 3, 4), 4, unknown)])), ROWS, String(unknown))
})

test('a dictionary is compared with its checksum as other pages are', async (t) => {
  const dictionary = int32s(4, 3, 2, 1)
  const codes = Uint8Array.from([2, 3, 0b00_01_10_11, 0])
  const file = (crc: number): string =>
    fileOf([dictionaryPage(dictionary, 4, crc), codedPage(codes)], { dictionary: true })
  t.deepEqual(await read(file(crc32(dictionary))), ROWS)
  await t.throwsAsync(read(file(crc32(dictionary) ^ 1)), { message: /column n, page 0 is corrupt: its checksum is/ })
})

test('a page that is not compressed is read as it lies there, though its chunk is', async (t) => {
  t.deepEqual(await read(fileOf([secondPage(int32s(1, 2, 3, 4), 0, false)], { codec: 'SNAPPY' })), ROWS)
})

test('texts of a page that is stored as it is outlast it, as the batch goes on with the next page', async (t) => {
  const value = (letter: string): Uint8Array => Buffer.concat([int32s(50_000), Buffer.alloc(50_000, letter)])
  const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const pages = letters.map((letter) => plainPage(value(letter), 1))
  const path = fileOf(pages, { rows: 8, values: 8, type: 'BYTE_ARRAY' })
  t.deepEqual(
    ((await readParquet([path])).columns[0] as string[]).map((hex) =>
      Buffer.from(hex, 'hex').toString('latin1').slice(0, 3),
    ),
    letters.map((letter) => letter.repeat(3)),
  )
})

test('pages that are stored as they are, of which parts come into the window with the pages before, are read whole', async (t) => {
  // The first is larger than the window, which has room behind what it holds of the others then.
  const counts = [75_000, 25_000, 15_000, 15_000, 20_000, 20_000]
  let rows = 0
  const pages = counts.map((count) => {
    const first = rows
    rows += count
    return plainPage(int32s(...Array.from({ length: count }, (_, i) => first + i)), count)
  })
  const path = fileOf(pages, { rows, values: rows })
  t.deepEqual(
    (await readParquet([path])).columns[0],
    Array.from({ length: rows }, (_, i) => String(i)),
  )
})

test('a column has as many values as its row group has rows, and a page no more than are left of them', async (t) => {
  const page = plainPage(int32s(1, 2, 3, 4))
  t.deepEqual(await read(fileOf([page])), ROWS)
  await t.throwsAsync(read(fileOf([page], { rows: 3 })), { message: /FAILED_READ_FILE.*n has 4 of 3 values/ })
  await t.throwsAsync(read(fileOf([page], { rows: 5 })), { message: /FAILED_READ_FILE.*n has 4 of 5 values/ })
  await t.throwsAsync(read(fileOf([page], { rows: 3, values: 3 })), { message: /more values than the column chunk/ })
  await t.throwsAsync(read(fileOf([page], { rows: 5, values: 5 })), { message: /values are missing at the end/ })
})

test('levels, values and dictionaries that end before or beyond their page are refused by name', async (t) => {
  const levels = (bytes: number): Uint8Array => Buffer.concat([int32s(bytes), Buffer.from([8, 1]), int32s(1, 2, 3, 4)])
  t.deepEqual(await read(fileOf([plainPage(levels(2))], { isOptional: true })), ROWS)
  const four = dictionaryPage(int32s(4, 3, 2, 1), 4)
  const refused: readonly (readonly [RegExp, readonly Page[], Chunk?])[] = [
    [/its levels are missing/, [plainPage(Uint8Array.of(1, 2, 3))], { isOptional: true }],
    [/its levels are longer than the page/, [plainPage(levels(19))], { isOptional: true }],
    [/its levels are longer than the page/, [secondPage(levels(2), 23, false)], { isOptional: true }],
    [/its levels are longer than the page/, [secondPage(levels(2), 6, false, 5)], { isOptional: true }],
    [/it ends within its values/, [plainPage(int32s(1, 2, 3))]],
    [/it ends within its values/, [plainPage(levels(2).subarray(0, -1))], { isOptional: true }],
    [/the dictionary ends too early/, [dictionaryPage(int32s(4, 3, 2), 4), codedPage(Uint8Array.of(2, 8, 0))]],
    [/a second dictionary/, [four, four, codedPage(Uint8Array.of(2, 8, 0))]],
    [/it needs a dictionary and there is none/, [codedPage(Uint8Array.of(2, 8, 0))]],
    [/dictionary indices of 33 bits/, [four, codedPage(Uint8Array.of(33, 8, 0))]],
    [
      /its dictionary indices are malformed/,
      [dictionaryPage(int32s(4, 3, 2), 3), codedPage(Uint8Array.of(2, 3, 0b11_01_10_00, 0))],
    ],
    [/its dictionary indices are malformed/, [dictionaryPage(int32s(4, 3), 2), codedPage(Uint8Array.of(2, 8, 2))]],
  ]
  for (const [message, pages, chunk] of refused)
    await t.throwsAsync(read(fileOf(pages, chunk)), { message }, String(message))
})

test.serial('a file is read whole where the system gives only a part of what it is asked for', async (t) => {
  const path = fileOf([plainPage(int32s(1, 2, 3, 4), 4, 1000)])
  const { readSync } = fs
  t.teardown(() => {
    Object.assign(fs, { readSync })
    syncBuiltinESMExports()
  })
  type Place = [fd: number, bytes: Uint8Array, offset: number, length: number, position: number]
  const few = (...[fd, bytes, offset, length, position]: Place): number =>
    readSync(fd, bytes, offset, Math.min(7, length), position)
  Object.assign(fs, { readSync: few })
  syncBuiltinESMExports()
  t.deepEqual(await read(path), ROWS)
})
