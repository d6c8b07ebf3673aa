import { copyFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import test from 'ava'
import { ByteWriter } from 'hyparquet-writer'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { INT } from '../../columnar/types.js'
import { CompactReader, MalformedThrift } from '../../connectors/parquet/compact-reader.js'
import { parquetSource } from '../../connectors/parquet/source.js'
import { parseFileMetadata, parsePageHeader } from '../../connectors/parquet/thrift.js'
import { readParquet, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()
let files = 0
function fileOf(bytes: Uint8Array): string {
  const path = join(directory, `${files++}.parquet`)
  writeFileSync(path, bytes)
  return path
}

const LIST = 9
const STRUCT = 12
const PAR1 = 0x31524150
const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)])

/** The start of a list of so many elements in a field of the given number. */
const listHead = (field: number, count: number, type = STRUCT): number[] => [
  (field << 4) | LIST,
  0xf0 | type,
  ...varint(count),
]

test('a list of more structures than its bytes can hold is refused before any is made', (t) => {
  const footer = (field: number, count: number): Uint8Array => {
    const head = listHead(field, count)
    const bytes = new Uint8Array(head.length + count + 1)
    bytes.set(head)
    return bytes
  }
  for (const field of [2, 4, 7]) {
    const error = t.throws(() => parseFileMetadata(footer(field, 2_000_000)), { instanceOf: MalformedThrift })
    t.regex(error.message, /more structures than its bytes can hold/)
  }
  t.notRegex(t.throws(() => parseFileMetadata(footer(2, 1000))).message, /more structures/)
})

test('lists within lists count together', (t) => {
  // Row groups of one column list each, whose chunks say nothing.
  const group = [...listHead(1, 1000), ...new Array<number>(1000).fill(0), 0]
  const bytes = Uint8Array.from([...listHead(4, 200), ...Array.from({ length: 200 }, () => group).flat(), 0])
  let made = 0
  const reader = new CompactReader(bytes)
  reader.field(0)
  t.throws(
    () =>
      reader.structs((r) => {
        r.field(0)
        r.structs(() => {
          made++
          r.field(0)
        })
        r.field(1)
      }),
    { message: /more structures/ },
  )
  t.true(made < 100_000)
})

test('lists and structures nested without end are refused, whether read or passed over', (t) => {
  const nested = (head: number): Uint8Array => {
    const bytes = new Uint8Array(1_000_000).fill(head)
    // An unknown field, so that it is passed over.
    bytes[0] = 0x90 | LIST
    return bytes
  }
  for (const head of [0x10 | LIST, 0x10 | STRUCT]) {
    for (const parse of [parseFileMetadata, parsePageHeader]) {
      const error = t.throws(() => parse(nested(head)), { instanceOf: MalformedThrift })
      t.regex(error.message, /nested too deeply/)
    }
  }
})

test('a footer larger than any that is read is refused by its length alone', async (t) => {
  const bytes = new Uint8Array(130 * 1024 * 1024)
  new DataView(bytes.buffer).setUint32(bytes.length - 8, 129 * 1024 * 1024, true)
  new DataView(bytes.buffer).setUint32(bytes.length - 4, PAR1, true)
  await t.throwsAsync(readParquet([fileOf(bytes)]), {
    message: /FAILED_READ_FILE.*more than the 134217728 that are read/,
  })
})

/** A file of four INT32 in one page, with a checksum in its header. */
function checkedFile(checksum: number | undefined, page: Uint8Array): Uint8Array {
  const writer = new ByteWriter()
  writer.appendUint32(PAR1)
  writePageHeader(writer, {
    type: 'DATA_PAGE',
    uncompressed_page_size: page.length,
    compressed_page_size: page.length,
    ...(checksum !== undefined && { crc: checksum | 0 }),
    data_page_header: {
      num_values: 4,
      encoding: 'PLAIN',
      definition_level_encoding: 'RLE',
      repetition_level_encoding: 'RLE',
    },
  })
  writer.appendBytes(page)
  const size = BigInt(writer.offset - 4)
  writeMetadata(writer, {
    version: 2,
    schema: [
      { name: 'root', num_children: 1 },
      { name: 'n', type: 'INT32', repetition_type: 'REQUIRED' },
    ],
    num_rows: 4n,
    row_groups: [
      {
        total_byte_size: size,
        num_rows: 4n,
        columns: [
          {
            file_offset: 4n,
            meta_data: {
              type: 'INT32',
              encodings: ['PLAIN'],
              path_in_schema: ['n'],
              codec: 'UNCOMPRESSED',
              num_values: 4n,
              total_uncompressed_size: size,
              total_compressed_size: size,
              data_page_offset: 4n,
            },
          },
        ],
      },
    ],
    metadata_length: 0,
  })
  writer.appendUint32(PAR1)
  return writer.getBytes().slice()
}

test('a page with a checksum is compared with it, unless an option turns that off', async (t) => {
  const page = new Uint8Array(Int32Array.of(1, 2, 3, 4).buffer)
  const right = crc32(page)
  const read = async (path: string, options: Record<string, string> = {}): Promise<unknown> =>
    (await readParquet([path], { options })).columns
  const rows = [['1', '2', '3', '4']]
  t.deepEqual(await read(fileOf(checkedFile(right, page))), rows)
  t.deepEqual(await read(fileOf(checkedFile(undefined, page))), rows)
  const wrong = fileOf(checkedFile(right ^ 1, page))
  await t.throwsAsync(read(wrong), { message: /FAILED_READ_FILE.*column n, page 0 is corrupt: its checksum is wrong/ })
  t.deepEqual(await read(wrong, { 'parquet.page.verify-checksum.enabled': 'false' }), rows)
  t.deepEqual(await read(wrong, { 'Parquet.Page.Verify-Checksum.Enabled': 'FALSE' }), rows)
  const misspelt = { 'parquet.page.verify-checksum.enabled': 'no' }
  await t.throwsAsync(parquetSource.describe(misspelt, [wrong], undefined), {
    message: /INVALID_OPTION.*true or false/,
  })
})

/** A file of one row with these columns; one with a colon is a group of one column. */
function fileOfColumns(names: readonly string[]): string {
  const writer = new ByteWriter()
  writer.appendUint32(PAR1)
  writeMetadata(writer, {
    version: 2,
    schema: [
      { name: 'root', num_children: names.length },
      ...names.flatMap((name) => {
        const [group, ...children] = name.split(':')
        const leaves = (children.length > 0 ? children : [group!]).map(
          (leaf) => ({ name: leaf, type: 'INT32', repetition_type: 'OPTIONAL' }) as const,
        )
        return children.length > 0
          ? [{ name: group!, num_children: children.length, repetition_type: 'OPTIONAL' } as const, ...leaves]
          : leaves
      }),
    ],
    num_rows: 0n,
    row_groups: [],
    metadata_length: 0,
  })
  writer.appendUint32(PAR1)
  return fileOf(writer.getBytes().slice())
}

test('two columns of one name are refused, in any case and in groups too, as by Spark', async (t) => {
  for (const names of [['a', 'a'], ['b', 'A', 'a'], ['s:x:X'], ['Ä', 'ä']]) {
    await t.throwsAsync(parquetSource.describe({}, [fileOfColumns(names)], undefined), {
      message: /COLUMN_ALREADY_EXISTS.*`(a|x|ä)`/,
    })
  }
  const given = { fields: [{ name: 'a', type: INT, nullable: true }] }
  await t.throwsAsync(parquetSource.describe({}, [fileOfColumns(['a', 'A'])], given), {
    message: /COLUMN_ALREADY_EXISTS/,
  })
})

test('a footer is read whole, however near it comes to what is read at first', async (t) => {
  const bytesOf = (length: number): number => {
    const bytes = readFileSync(fileOfColumns(['x'.repeat(length)]))
    return bytes.readUInt32LE(bytes.length - 8)
  }
  const others = bytesOf(60_000) - 60_000
  // At first 64 KiB are read, of which 8 bytes are no footer.
  for (const footerBytes of [65_527, 65_528, 65_529, 65_536, 65_537]) {
    const name = 'x'.repeat(footerBytes - others)
    const { schema } = await parquetSource.describe({}, [fileOfColumns([name])], undefined)
    t.is(schema.fields[0]!.name, name, String(footerBytes))
  }
})

test('the footer of a file that was changed is read again, also when it is as long as before', async (t) => {
  const [a, b] = [fileOfColumns(['a']), fileOfColumns(['b'])]
  const nameIn = async (): Promise<string> => (await parquetSource.describe({}, [a], undefined)).schema.fields[0]!.name
  t.is(await nameIn(), 'a')
  copyFileSync(b, a)
  utimesSync(a, 1_000_000, 1_000_000)
  t.is(await nameIn(), 'b')
})

test('names of columns that mean something to JavaScript are names like others', async (t) => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  const { schema, statistics } = await parquetSource.describe({}, [fileOfColumns([...names, 's:__proto__'])], undefined)
  t.deepEqual(
    schema.fields.map(({ name }) => name),
    [...names, 's'],
  )
  for (const name of [...names, 'valueOf']) t.is(statistics!.ranges![name], undefined, name)
})

test('files that write one name in two ways have one column, named as in the first', async (t) => {
  const { schema } = await parquetSource.describe({}, [fileOfColumns(['A']), fileOfColumns(['a', 'b'])], undefined)
  t.deepEqual(
    schema.fields.map(({ name }) => name),
    ['A', 'b'],
  )
})
