import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { ByteWriter } from 'hyparquet-writer'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { array, STRING } from '../../columnar/types.js'
import { NestedColumn, type NestedSource } from '../../connectors/parquet/reader/nested-column.js'
import { PageFile } from '../../connectors/parquet/reader/page-file.js'
import { parquetSource } from '../../connectors/parquet/source.js'
import { splitFromJson } from '../../connectors/parquet/split.js'
import { Random } from '../support/random.js'
import { storedText } from '../support/random-nested.js'
import { type Cell, cellAt, newContext, readParquet, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()
const PAR1 = 0x31524150
const TYPE = array(array(STRING))

type Lists = readonly ((string | null)[] | null)[] | null

/** An entry of the one leaf of a list of lists of texts, where each of the three may be NULL. */
interface Entry {
  readonly repetition: number
  readonly definition: number
  readonly text?: string
}

function randomLists(random: Random): Lists {
  if (random.chance(0.1)) return null
  return Array.from({ length: random.integer(0, 4) }, () =>
    random.chance(0.2)
      ? null
      : Array.from({ length: random.integer(0, 4) }, () =>
          random.chance(0.2) ? null : `text ${random.integer(0, 99)}`,
        ),
  )
}

function entriesOf(lists: Lists): readonly Entry[] {
  if (lists === null) return [{ repetition: 0, definition: 0 }]
  if (lists.length === 0) return [{ repetition: 0, definition: 1 }]
  return lists.flatMap((texts, i): Entry[] => {
    const repetition = i === 0 ? 0 : 1
    if (texts === null) return [{ repetition, definition: 2 }]
    if (texts.length === 0) return [{ repetition, definition: 3 }]
    return texts.map((text, j) => ({
      repetition: j === 0 ? repetition : 2,
      definition: text === null ? 4 : 5,
      ...(text === null ? {} : { text }),
    }))
  })
}

/** Levels of up to 127, each as a run of one. */
function levelBytes(levels: readonly number[]): Buffer {
  const runs = Buffer.from(levels.flatMap((level) => [2, level]))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(runs.length)
  return Buffer.concat([length, runs])
}

function textBytes(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** Writes a file whose pages have random numbers of entries, as old writers cut them: anywhere. */
function writePages(path: string, rows: number, entries: readonly Entry[], random: Random): void {
  const writer = new ByteWriter()
  writer.appendUint32(PAR1)
  for (let at = 0; at < entries.length; ) {
    const page = entries.slice(at, at + random.integer(1, 9))
    const bytes = Buffer.concat([
      levelBytes(page.map(({ repetition }) => repetition)),
      levelBytes(page.map(({ definition }) => definition)),
      ...page.map(({ text }) => (text === undefined ? Buffer.alloc(0) : textBytes(text))),
    ])
    const levels = { definition_level_encoding: 'RLE', repetition_level_encoding: 'RLE' } as const
    writePageHeader(writer, {
      type: 'DATA_PAGE',
      uncompressed_page_size: bytes.length,
      compressed_page_size: bytes.length,
      data_page_header: { num_values: page.length, encoding: 'PLAIN', ...levels },
    })
    writer.appendBytes(bytes)
    at += page.length
  }
  const size = BigInt(writer.offset - 4)
  const list = { repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' } as const
  const repeated = { name: 'list', repetition_type: 'REPEATED', num_children: 1 } as const
  const column = {
    type: 'BYTE_ARRAY',
    encodings: ['PLAIN' as const],
    path_in_schema: ['l', 'list', 'element', 'list', 'element'],
    codec: 'UNCOMPRESSED',
    num_values: BigInt(entries.length),
    total_uncompressed_size: size,
    total_compressed_size: size,
    data_page_offset: 4n,
  } as const
  writeMetadata(writer, {
    version: 2,
    schema: [
      { name: 'root', num_children: 1 },
      { name: 'l', ...list },
      repeated,
      { name: 'element', ...list },
      repeated,
      { name: 'element', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    ],
    num_rows: BigInt(rows),
    row_groups: [
      {
        total_byte_size: size,
        num_rows: BigInt(rows),
        columns: [
          {
            file_offset: 4n,
            meta_data: { ...column, encodings: [...column.encodings], path_in_schema: [...column.path_in_schema] },
          },
        ],
      },
    ],
    metadata_length: 0,
  })
  writer.appendUint32(PAR1)
  writeFileSync(path, writer.getBytes())
}

/** Reads the only column of a file in batches of so many rows. */
async function readInBatches(path: string, rows: number, atOnce: number): Promise<readonly Cell[]> {
  const source = await parquetSource.describe({}, [path], undefined)
  const request = { source, columns: ['l'], filters: [], parallelism: 1 }
  const [file] = splitFromJson((await parquetSource.planSplits(request))[0]!.data).files
  const context = newContext()
  const open = new PageFile(file!, true, {})
  const column = new NestedColumn(file!.leaves[0] as NestedSource, context.memory, context.kernels)
  const cells: Cell[] = []
  column.open(open, file!.rowGroups[0]!)
  for (let row = 0; row < rows; row += atOnce) {
    const count = Math.min(atOnce, rows - row)
    const batch = column.read(count)
    for (let at = 0; at < count; at++) cells.push(cellAt(context.memory, TYPE, [batch], at))
  }
  column.release()
  open.close()
  if (context.live.size > 0) throw new Error('memory was not released')
  return cells
}

for (let seed = 1; seed <= 5; seed++) {
  test(`pages and batches may end anywhere, within rows and lists too (seed ${seed})`, async (t) => {
    const random = new Random(seed)
    const rows = Array.from({ length: 200 }, () => randomLists(random))
    const path = join(directory, `${seed}.parquet`)
    writePages(path, rows.length, rows.flatMap(entriesOf), random)
    const expected = rows.map((row) => (row === null ? null : storedText(row)))
    for (const atOnce of [1, 2, 7, 200]) t.deepEqual(await readInBatches(path, rows.length, atOnce), expected)
  })
}

test('levels that do not fit together are an error', async (t) => {
  const row: Entry[] = [{ repetition: 0, definition: 5, text: 'a' }]
  const faults: Readonly<Record<string, readonly Entry[]>> = {
    'the first entry goes on with a row': [{ repetition: 1, definition: 5, text: 'a' }, ...row],
    'a row is missing': row,
    'an element goes on that has none': [
      { repetition: 0, definition: 2 },
      { repetition: 2, definition: 5, text: 'a' },
      ...row,
    ],
  }
  for (const [name, entries] of Object.entries(faults)) {
    const path = join(directory, `${name.replaceAll(' ', '-')}.parquet`)
    writePages(path, 2, entries, new Random(1))
    await t.throwsAsync(readParquet([path]), { message: /FAILED_READ_FILE.*column l/ }, name)
  }
})
