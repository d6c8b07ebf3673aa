import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import type { ColumnBuffers, Nested } from '../../columnar/column-buffers.js'
import { leafCount } from '../../columnar/leaves.js'
import { packedReader } from '../../columnar/packed-reader.js'
import { plainRecordOf } from '../../columnar/records/records.js'
import {
  type ArrayType,
  type DataType,
  type Field,
  isShortDecimal,
  type MapType,
  type PlainType,
  type Schema,
} from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import {
  type Batch,
  type BatchColumn,
  MAX_BATCH_ROWS,
  type Memory,
  type Options,
  type ReadContext,
  type ScanFilter,
  type Split,
} from '../../connectors/api.js'
import { parquetReader } from '../../connectors/parquet/reader/reader.js'
import { parquetSource } from '../../connectors/parquet/source.js'
import { hostCalls } from '../../executor/kernels/host-calls.js'
import { instantiateKernels, kernelsModule } from '../../executor/kernels/load-kernels.js'
import { type Stored, storedText } from '../support/random-nested.js'

const MEMORY_LIMIT = 512 * 1024 * 1024

export interface TestContext extends ReadContext {
  /** Allocations not yet released. */
  readonly live: Set<number>
}

/** A linear memory of its own with the kernels, which counts what is allocated. */
export function newContext(): TestContext {
  const linear = new WebAssembly.Memory({ initial: 16, maximum: 65536 })
  const abort = (): never => {
    throw new Error('a kernel aborted')
  }
  const host = hostCalls(() => new DataView(linear.buffer), abort)
  const kernels = instantiateKernels(kernelsModule(), linear, { abort, moreMemory: () => 0, ...host })
  const live = new Set<number>()
  const memory: Memory = {
    share: 1 << 28,
    count: () => ({ bytes: 0, hold: () => {} }),
    get bytes() {
      return new Uint8Array(linear.buffer)
    },
    get view() {
      return new DataView(linear.buffer)
    },
    allocate(bytes) {
      if (bytes > MEMORY_LIMIT) throw new MillraceError('INTERNAL_ERROR', { message: 'over the memory budget' })
      const address = kernels.allocate(bytes) >>> 0
      live.add(address)
      return address
    },
    reallocate: (address, bytes) => kernels.reallocate(address, bytes) >>> 0,
    release(address) {
      if (!live.delete(address)) throw new Error(`released twice: ${address}`)
      kernels.release(address)
    },
  }
  return { memory, kernels, signal: new AbortController().signal, live }
}

/** A value as text (numbers for float and double), the same for our batches and for DuckDB's rows. Structs are arrays. */
export type Cell = null | string | number | readonly Cell[]

export interface ReadResult {
  readonly schema: Schema
  readonly columns: readonly Cell[][]
  readonly splits: readonly Split[]
}

export interface ReadOptions {
  readonly columns?: readonly string[]
  readonly filters?: readonly ScanFilter[]
  readonly parallelism?: number
  readonly schema?: Schema
  /** Options of the data source. */
  readonly options?: Options
  readonly context?: TestContext
  /** Leaves columns out of batches until `choose` has said which rows are wanted; the other cells are `UNREAD`. */
  readonly deferred?: readonly string[]
  /** Columns that may come as codes. */
  readonly coded?: readonly string[]
  readonly choose?: (rows: number) => readonly number[]
}

/** A cell of a row that was not chosen. */
export const UNREAD: Cell = 'unread'

/** Reads files through source and reader, all splits one after the other. */
export async function readParquet(paths: readonly string[], options: ReadOptions = {}): Promise<ReadResult> {
  const source = await parquetSource.describe(options.options ?? {}, paths, options.schema)
  const names = options.columns ?? source.schema.fields.map((field) => field.name)
  const fields = names.map((name) => source.schema.fields.find((field) => field.name === name)!)
  const request = {
    source,
    columns: names,
    filters: options.filters ?? [],
    parallelism: options.parallelism ?? 1,
  }
  const splits = await parquetSource.planSplits(request)
  const context = options.context ?? newContext()
  const list = context.memory.allocate(MAX_BATCH_ROWS * 4)
  const deferred = leavesOfColumns(fields, options.deferred ?? [])
  const coded = leavesOfColumns(fields, options.coded ?? [])
  const columns: Cell[][] = fields.map(() => [])
  try {
    for (const split of splits) {
      const reader = await parquetReader.openReader(request, structuredClone(split), { ...context, deferred, coded })
      try {
        for (let batch = await reader.next(); batch !== undefined; batch = await reader.next()) {
          const chosen = options.choose?.(batch.rows)
          readCells(
            context.memory,
            fields,
            batch.rows,
            chosenColumns(batch, context.memory, list, deferred, chosen),
            chosen,
            columns,
          )
        }
      } finally {
        await reader.close()
      }
    }
  } finally {
    context.memory.release(list)
  }
  return { schema: { fields }, columns, splits }
}

/** The positions of the leaves of columns, which are of plain types. */
function leavesOfColumns(fields: readonly Field[], names: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>()
  let leaf = 0
  for (const { name, type } of fields) {
    if (names.includes(name)) found.add(leaf)
    leaf += leafCount(type)
  }
  return found
}

/** The columns of a batch, filled for the rows chosen, half of the leaves at first for more rows; undefined where no row is. */
function chosenColumns(
  batch: Batch,
  memory: Memory,
  list: number,
  deferred: ReadonlySet<number>,
  chosen: readonly number[] | undefined,
): readonly BatchColumn[] | undefined {
  if (chosen === undefined) return batch.columns
  if (chosen.length === 0) return undefined
  const fill = (leaves: readonly number[], rows: readonly number[]): readonly BatchColumn[] => {
    for (const [i, row] of rows.entries()) memory.view.setUint32(list + i * 4, row, true)
    return batch.fill?.(new Set(leaves), { address: list, count: rows.length }) ?? batch.columns
  }
  const isChosen = new Set(chosen)
  const more = Array.from({ length: batch.rows }, (_, row) => row).filter((row) => isChosen.has(row) || row % 97 === 0)
  const [first, last] = [0, 1].map((half) => [...deferred].filter((_, i) => i % 2 === half))
  fill(first!, more)
  return fill(last!, chosen)
}

function readCells(
  memory: Memory,
  fields: readonly Field[],
  rows: number,
  columns: readonly BatchColumn[] | undefined,
  chosen: readonly number[] | undefined,
  cells: readonly Cell[][],
): void {
  const views = { bytes: memory.bytes, view: memory.view }
  const wanted = chosen && new Set(chosen)
  let leaf = 0
  for (const [i, field] of fields.entries()) {
    const leaves = columns?.slice(leaf) ?? []
    for (let row = 0; row < rows; row++) {
      const isRead = wanted === undefined || wanted.has(row)
      cells[i]!.push(isRead ? cellOf(views, field.type, leaves, row) : UNREAD)
    }
    leaf += leafCount(field.type)
  }
}

/** A cell that may come as a code. */
function cellOf(
  memory: Pick<Memory, 'bytes' | 'view'>,
  type: DataType,
  leaves: readonly BatchColumn[],
  row: number,
): Cell {
  const { data, validity, codes } = leaves[0]!
  if (!codes) return cellAt(memory, type, leaves, row)
  if (validity !== 0 && memory.bytes[validity + row] === 0) return null
  return cellAt(memory, type, [{ data, validity: 0 }], memory.view.getUint32(codes.address + row * 4, true))
}

export function cellAt(
  memory: Pick<Memory, 'bytes' | 'view'>,
  type: DataType,
  leaves: readonly BatchColumn[],
  row: number,
): Cell {
  const { data, validity } = leaves[0]!
  const { bytes, view } = memory
  if (validity !== 0 && bytes[validity + row] === 0) return null
  switch (type.kind) {
    case 'boolean':
      return bytes[data + row] === 1 ? 'true' : 'false'
    case 'tinyint':
      return String(view.getInt8(data + row))
    case 'smallint':
      return String(view.getInt16(data + row * 2, true))
    case 'int':
    case 'date':
      return String(view.getInt32(data + row * 4, true))
    case 'bigint':
    case 'timestamp':
    case 'timestamp_ntz':
      return String(view.getBigInt64(data + row * 8, true))
    case 'float':
      return view.getFloat32(data + row * 4, true)
    case 'double':
      return view.getFloat64(data + row * 8, true)
    case 'decimal': {
      if (isShortDecimal(type)) return String(view.getBigInt64(data + row * 8, true))
      const high = view.getBigInt64(data + row * 16 + 8, true)
      return String((high << 64n) | view.getBigUint64(data + row * 16, true))
    }
    case 'string':
    case 'binary': {
      const start = view.getUint32(data + row * 8, true)
      const value = Buffer.from(bytes.subarray(start, start + view.getUint32(data + row * 8 + 4, true)))
      return value.toString(type.kind === 'string' ? 'utf8' : 'hex')
    }
    case 'struct': {
      let at = 1
      return type.fields.map((field) => {
        const cell = cellAt(memory, field.type, leaves.slice(at), row)
        at += leafCount(field.type)
        return cell
      })
    }
    case 'array':
    case 'map':
      return storedText(storedAt(memory, type, data + row * 8))
    default:
      throw new Error(`no cells of type ${type.kind}`)
  }
}

/** The packed value that a ref points to. */
function storedAt({ bytes, view }: Pick<Memory, 'bytes' | 'view'>, type: ArrayType | MapType, ref: number): Stored {
  const start = view.getUint32(ref, true)
  const length = view.getUint32(ref + 4, true)
  const offsets = 8
  const own = Buffer.alloc(offsets + length)
  own.writeInt32LE(length, 4)
  own.set(bytes.subarray(start, start + length), offsets)
  const place = { bytes: own, view: new DataView(own.buffer, own.byteOffset, own.length), at: 0 }
  return storedOf(packedReader(type, { ...place, data: { offset: offsets, length } }, plainReader)(0))
}

function plainReader(type: PlainType, buffers: ColumnBuffers): (row: number) => PlainStored {
  const read = plainRecordOf(type).readStored(buffers, type)
  return (row) => {
    const value = read(row) as Exclude<ReturnType<typeof read>, null>
    return value instanceof Uint8Array ? Buffer.from(value).toString() : value
  }
}

type PlainStored = boolean | number | bigint | string

function storedOf(value: Nested<PlainStored>): Stored {
  if (value instanceof Map) return [...value].map(([key, x]) => [storedOf(key), storedOf(x)])
  if (Array.isArray(value)) return value.map(storedOf)
  if (typeof value !== 'object' || value === null) return value as Stored
  return Object.fromEntries(Object.entries(value).map(([name, x]) => [name, storedOf(x)]))
}

/** The SQL that makes DuckDB give a column's values in our notation. */
function duckExpression(name: string, type: DataType): string {
  const column = `"${name}"`
  switch (type.kind) {
    case 'float':
    case 'double':
      return column
    case 'string':
      return `${column}::VARCHAR`
    case 'binary':
      return `lower(hex(${column}::BLOB))`
    case 'date':
      return `(${column} - DATE '1970-01-01')::VARCHAR`
    case 'timestamp':
    case 'timestamp_ntz':
      return `epoch_us(${column}::TIMESTAMP)::VARCHAR`
    case 'decimal':
      return `CAST(replace(${column}::VARCHAR, '.', '') AS HUGEINT)::VARCHAR`
    default:
      return `${column}::VARCHAR`
  }
}

const duck = await DuckDBInstance.create(':memory:')
const connection = await duck.connect()
await connection.run("SET TimeZone = 'UTC'")

export async function sql(text: string): Promise<void> {
  await connection.run(text)
}

export async function rowsOf(text: string): Promise<readonly (readonly Cell[])[]> {
  return (await (await connection.runAndReadAll(text)).getRowsJS()) as unknown as readonly (readonly Cell[])[]
}

/** What DuckDB reads from the same file, in the notation of `readParquet`. */
export async function duckColumns(path: string, schema: Schema): Promise<readonly Cell[][]> {
  const list = schema.fields.map((field) => duckExpression(field.name, field.type)).join(', ')
  const rows = await rowsOf(`SELECT ${list} FROM read_parquet('${path}')`)
  return schema.fields.map((_, i) => rows.map((row) => row[i] ?? null))
}

/** The first place where columns differ, as one line; undefined when they are the same. */
export function firstDifference(
  schema: Schema,
  ours: readonly (readonly Cell[])[],
  theirs: readonly (readonly Cell[])[],
): string | undefined {
  for (const [i, field] of schema.fields.entries()) {
    const [a, b] = [ours[i]!, theirs[i]!]
    if (a.length !== b.length) return `${field.name}: ${a.length} rows, not ${b.length}`
    const row = a.findIndex((cell, j) => !Object.is(cell, b[j]))
    if (row >= 0) return `${field.name}[${row}]: ${JSON.stringify(a[row])}, not ${JSON.stringify(b[row])}`
  }
  return undefined
}

export const tpch = (table: string): string =>
  fileURLToPath(new URL(`../../../test/data/tpch/sf0.01/${table}.parquet`, import.meta.url))

/** A directory that is removed when the process ends. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'millrace-parquet-'))
  process.on('exit', () => rmSync(path, { recursive: true, force: true }))
  return path
}
