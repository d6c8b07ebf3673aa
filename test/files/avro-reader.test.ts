import fs, { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import test from 'ava'
import { leafCount } from '../../columnar/leaves.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { avroFile } from '../../connectors/avro/container.js'
import { AvroReader } from '../../connectors/avro/reader/avro-reader.js'
import { avroSource } from '../../connectors/avro/source.js'
import type { AvroShare } from '../../connectors/avro/split.js'
import { FileFaults } from '../../connectors/files/file-faults.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { type Cell, cellAt, newContext, temporaryDirectory } from '../parquet/support.js'
import { memoryOf } from '../support/memory.js'
import { raised } from '../support/raised.js'
import { Random } from '../support/random.js'

const DATA = join(import.meta.dirname, '../../../test/data/avro')
const folder = temporaryDirectory()
/** One for all: to make one takes longer than to read a file. */
const context = newContext()
let files = 0

const CODECS = ['null', 'deflate', 'bzip2', 'snappy', 'zstandard'] as const
const expected = Array.from({ length: 300 }, (_, i) => [
  String(i),
  'x'.repeat(i % 40),
  `[${Array.from({ length: i % 5 }, (_element, at) => at).join(', ')}]`,
])

/** The rows of a file that is read as shares that end at some of its bytes; all memory is given back. */
async function rowsOf(path: string, ends: readonly number[] = [], options = {}): Promise<readonly (readonly Cell[])[]> {
  const { schema } = await avroSource.describe(options, [path], undefined)
  const found = await avroFile(path)
  const columns = schema.fields.map(({ name }) => ({ kind: 'column', names: [name] }) as const)
  const limits = [0, ...ends, found.file.size]
  const shares = limits.slice(1).map((until, i): AvroShare => ({ ...found, from: limits[i]!, until, columns }))
  const reader = new AvroReader(shares, schema.fields, new FileFaults(options), context)
  const rows: Cell[][] = []
  try {
    for (let batch = await reader.next(); batch; batch = await reader.next())
      for (let row = 0; row < batch.rows; row++) {
        let leaf = 0
        rows.push(
          schema.fields.map(({ type }) => {
            const cell = cellAt(context.memory, type, batch.columns.slice(leaf), row)
            leaf += leafCount(type)
            return cell
          }),
        )
      }
  } finally {
    reader.close()
  }
  if (context.live.size > 0) throw new Error('memory is left')
  return rows
}

for (const codec of CODECS)
  test.serial(`blocks compressed by ${codec} are read`, async (t) => {
    t.deepEqual(await rowsOf(join(DATA, `blocks-${codec}.avro`)), expected)
  })

test.serial('each block is read once, wherever a file is divided', async (t) => {
  for (const codec of ['null', 'deflate'] as const) {
    const path = join(DATA, `blocks-${codec}.avro`)
    const { size } = (await avroFile(path)).file
    for (let end = 1; end < size; end += 5)
      t.deepEqual(await rowsOf(path, [end, Math.min(size, end + 97)]), expected, `${codec} ${end}`)
  }
})

const fileOf = (bytes: Uint8Array): string => {
  const path = join(folder, `${files++}.avro`)
  writeFileSync(path, bytes)
  return path
}

test.serial('a head that does not end is looked for in the first 64 MiB, however large the file is', async (t) => {
  const { readSync } = fs
  t.teardown(() => {
    Object.assign(fs, { readSync })
    syncBuiltinESMExports()
  })
  // One entry, whose name is said to have 2 ** 34 bytes; the file takes no room on the disk.
  const path = fileOf(Buffer.from([...Buffer.from('Obj\x01', 'latin1'), 2, 0x80, 0x80, 0x80, 0x80, 0x80, 1]))
  truncateSync(path, 2 ** 33)
  let end = 0
  const noted = (descriptor: number, target: Uint8Array, offset: number, length: number, position: number): number => {
    end = Math.max(end, position + length)
    return readSync(descriptor, target, offset, length, position)
  }
  Object.assign(fs, { readSync: noted })
  syncBuiltinESMExports()
  t.regex((await raised(t, avroFile(path), 'FAILED_READ_FILE')).message, /its head is cut or damaged/)
  t.is(end, 64 * 1024 ** 2)
})

test.serial(
  'a head may have its entries in several parts, which tell how long they are or not, and ends with all of its marker',
  async (t) => {
    const text = (value: string): readonly number[] => [2 * value.length, ...Buffer.from(value)]
    const start = [...Buffer.from('Obj\x01', 'latin1'), 2, ...text('avro.codec'), ...text('null')]
    const schema = [...text('avro.schema'), ...text('"int"')]
    // -1 entries of so many bytes.
    const whole = [...start, 1, 2 * schema.length, ...schema, 0, ...Array<number>(16).fill(7)]
    t.like(await avroFile(fileOf(Buffer.from(whole))), { schema: '"int"', codec: 'null', headBytes: whole.length })
    for (let end = 4; end < whole.length; end++)
      await raised(t, avroFile(fileOf(Buffer.from(whole.slice(0, end)))), 'FAILED_READ_FILE')
  },
)

/** What the memory of these tests raises. */
const OVER_BUDGET = 'INTERNAL_ERROR'

/** What became of a read: rows, or the condition. */
async function outcome(path: string, options = {}): Promise<number | string> {
  try {
    return (await rowsOf(path, [], options)).length
  } catch (error) {
    return MillraceError.is(error) ? error.condition : `not ours: ${String(error)}`
  }
}

test.serial(
  'a file that is cut raises a condition, or gives the blocks before when corrupt files are passed over',
  async (t) => {
    const path = join(DATA, 'blocks-null.avro')
    const bytes = readFileSync(path)
    const { headBytes } = await avroFile(path)
    let most = 0
    for (let end = headBytes; end < bytes.length; end += 11) {
      const cut = fileOf(bytes.subarray(0, end))
      const strict = await outcome(cut)
      const lenient = await outcome(cut, { ignoreCorruptFiles: 'true' })
      // Without its last blocks it is a file, too.
      t.true(strict === 'FAILED_READ_FILE' || strict === lenient, `${end} ${strict}`)
      t.true(typeof lenient === 'number' && lenient >= most, `${end} ${lenient}`)
      most = lenient as number
    }
    t.true(most > 250)
  },
)

test.serial('bytes that were changed anywhere raise a condition or give rows, and never more', async (t) => {
  const random = new Random(7)
  for (const name of ['types.avro', 'blocks-null.avro', 'blocks-snappy.avro', 'blocks-deflate.avro'] as const) {
    const whole = readFileSync(join(DATA, name))
    for (let i = 0; i < 150; i++) {
      const bytes = Buffer.from(whole)
      for (let flips = random.integer(1, 3); flips > 0; flips--)
        bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255)
      const result = await outcome(fileOf(bytes))
      const isFine =
        typeof result === 'number'
          ? result <= 100_000
          : ['FAILED_READ_FILE', 'UNSUPPORTED_FEATURE', 'UNABLE_TO_INFER_SCHEMA', OVER_BUDGET].includes(result)
      t.true(isFine, `${name} ${i}: ${result}`)
    }
  }
})

/** A file of one record type, whose rows have these bytes. */
function handMade(type: object, payload: readonly number[], rows = 1): string {
  const long = (value: number): readonly number[] => {
    const bytes: number[] = []
    let left = value * 2
    for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left & 0x7f) | 0x80)
    return [...bytes, left]
  }
  const text = (value: string): readonly number[] => [...long(value.length), ...Buffer.from(value)]
  const sync = Array.from({ length: 16 }, (_, i) => i)
  const schema = JSON.stringify({ type: 'record', name: 't', fields: [{ name: 'c', type }] })
  const head = [...Buffer.from('Obj\x01', 'latin1'), ...long(1), ...text('avro.schema'), ...text(schema), 0, ...sync]
  return fileOf(Buffer.from([...head, ...long(rows), ...long(payload.length), ...payload, ...sync]))
}
const decimal = (precision: number) => ({ type: 'bytes', logicalType: 'decimal', precision, scale: 2 })
const time = { type: 'long', logicalType: 'timestamp-millis' }
const LIST = { type: 'array', items: 'null' }

test.serial(
  'values that have no room, and lists that say that they are longer than the file, are damage',
  async (t) => {
    const cases: readonly (readonly [object, readonly number[], number | string])[] = [
      [decimal(4), [4, 0x27, 0x0f], 1],
      [decimal(4), [4, 0x27, 0x10], 'FAILED_READ_FILE'],
      [decimal(18), [20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 1],
      [decimal(18), [18, 1, 0, 0, 0, 0, 0, 0, 0, 0], 'FAILED_READ_FILE'],
      [decimal(38), [0], 1],
      [time, [0x80, 0x80, 0x80, 0x80, 0x10], 1],
      [time, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], 'FAILED_READ_FILE'],
      [{ type: 'int' }, [0x80, 0x80, 0x80, 0x80, 0x10], 'FAILED_READ_FILE'],
      [{ type: 'long' }, Array.from({ length: 11 }, () => 0xff), 'FAILED_READ_FILE'],
      [{ type: 'boolean' }, [2], 'FAILED_READ_FILE'],
      [{ type: 'string' }, [1], 'FAILED_READ_FILE'],
      [{ type: 'enum', name: 'e', symbols: ['A'] }, [2], 'FAILED_READ_FILE'],
      [{ type: 'array', items: 'int' }, [40, 2, 0], 'FAILED_READ_FILE'],
      [{ type: 'array', items: 'int' }, [1, 2, 8, 0], 1],
      [LIST, [6, 0], 1],
      [LIST, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0], 'FAILED_READ_FILE'],
    ]
    for (const [type, payload, result] of cases)
      t.is(await outcome(handMade(type, payload)), result, `${JSON.stringify(type)} ${payload.join()}`)
    // Each 600,000 elements without bytes, and a row may have a million.
    const many = [0x80, 0x9f, 0x49, 0]
    t.is(await outcome(handMade(LIST, [...many, ...many], 2)), 2)
    t.is(await outcome(handMade({ type: 'array', items: LIST }, [4, ...many, ...many, 0])), 'FAILED_READ_FILE')
    t.is(await outcome(handMade({ type: 'int' }, [2, 4, 6], 2)), 'FAILED_READ_FILE')
    t.is(await outcome(handMade({ type: 'int' }, [2, 4], 2)), 2)
  },
)

test.serial('what a file leaves that is passed over goes before the next one is read', async (t) => {
  const whole = join(DATA, 'blocks-null.avro')
  const bytes = readFileSync(whole)
  const { headBytes } = await avroFile(whole)
  // Behind some rows of its first block.
  bytes.fill(0xff, headBytes + 250, headBytes + 300)
  const path = join(folder, 'damaged-again.avro')
  writeFileSync(path, bytes)
  const options = { ignoreCorruptFiles: 'true' }
  const { schema } = await avroSource.describe(options, [path], undefined)
  const found = await avroFile(path)
  const columns = schema.fields.map(({ name }) => ({ kind: 'column', names: [name] }) as const)
  const share: AvroShare = { ...found, from: 0, until: found.file.size, columns }
  const memory = new LinearMemory()
  memory.use(memoryOf(64 << 20))
  const { signal } = new AbortController()
  const shares = Array.from({ length: 10_000 }, () => share)
  const reader = new AvroReader(shares, schema.fields, new FileFaults(options), {
    memory,
    kernels: memory.kernels,
    signal,
  })
  t.is(await reader.next(), undefined)
  t.true(memory.bytesInUse < 3 << 20, `${memory.bytesInUse} bytes`)
  reader.close()
})
