import { type Field, quotedTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import * as layout from '../../../executor/kernels/interface/postgres.js'
import type { Batch, BatchReader, ReadContext } from '../../api.js'
import { Region } from '../../files/region.js'
import { Connection } from '../client/connection.js'
import { CopyOut } from '../client/copy-out.js'
import type { PostgresFormat } from '../options/format.js'
import type { ServerOptions } from '../options/server-options.js'
import type { PostgresSplit } from '../split.js'
import { Columns } from './columns.js'
import { statementOf } from './statement.js'

/** What a task reads. */
export interface TableRead {
  readonly format: PostgresFormat
  readonly server: ServerOptions
  readonly relation: string
  readonly fields: readonly Field[]
  /** The most rows of a batch. */
  readonly rows: number
  readonly split: PostgresSplit
}

/** Rows are taken from the socket into so many bytes, in which texts stay until the next batch; one row may have more. */
const WINDOW_BYTES = 512 * 1024

/** Messages that may come between those of the rows: that rows follow, notices, settings, and what other sessions notify. */
const PASSED_OVER: ReadonlySet<number> = new Set([...'HNSA'].map((tag) => tag.charCodeAt(0)))
const HEAD_BYTES = 5

/** Reads the rows of a share by COPY; a kernel puts them into columns. */
export class TableReader implements BatchReader {
  readonly #read: TableRead
  readonly #context: ReadContext
  readonly #window: Region
  readonly #outcome: Region
  readonly #columns: Columns
  #connection: Connection | undefined
  #copy: CopyOut | undefined
  /** What of the window is yet to be read. */
  #at = 0
  #end = 0
  #isDone = false

  constructor(read: TableRead, context: ReadContext) {
    this.#read = read
    this.#context = context
    this.#window = new Region(context.memory)
    this.#outcome = new Region(context.memory)
    this.#columns = new Columns(read.fields, read.rows, context)
  }

  async next(): Promise<Batch | undefined> {
    if (this.#isDone) return undefined
    const copy = this.#copy ?? (await this.#begin())
    this.#moveToStart()
    let rows = 0
    for (;;) {
      this.#fill(copy)
      rows = this.#readRows(rows)
      const status = this.#told(layout.POSTGRES_STATUS)
      if (status === layout.POSTGRES_FULL || (rows > 0 && this.#isWindowFull)) break
      if (status === layout.POSTGRES_OTHER) {
        if (!(await this.#passOver(copy))) break
      } else if (this.#isWindowFull) this.#window.extend(this.#bytesNeeded(), this.#end)
      else if (copy.waiting === 0) await this.#awaitMore(copy)
    }
    this.#columns.keepLists(rows)
    return rows > 0 ? { rows, columns: this.#columns.batch } : undefined
  }

  async close(): Promise<void> {
    for (const part of [this.#window, this.#outcome, this.#columns]) part.release()
    // What the server would still send nobody wants.
    if (this.#isDone) await this.#connection?.close()
    else this.#connection?.destroy()
  }

  async #begin(): Promise<CopyOut> {
    const { server, relation, split } = this.#read
    const connection = await Connection.open(server, this.#context.signal)
    this.#connection = connection
    const { text, values } = statementOf(relation, split)
    await connection.rows('begin')
    for (const [i, value] of values.entries())
      await connection.rows('select set_config($1, $2, true)', [`millrace.p${i}`, value])
    const copy = new CopyOut(text, connection)
    this.#copy = copy
    connection.submit(copy)
    this.#window.reserve(WINDOW_BYTES)
    this.#outcome.reserve(layout.POSTGRES_OUTCOME_BYTES)
    return copy
  }

  get #isWindowFull(): boolean {
    return this.#end === this.#window.capacity
  }

  #told(place: number): number {
    return this.#context.memory.view.getUint32(this.#outcome.address + place, true)
  }

  /** A message that is not whole moves to the start, and may need more room than there is. */
  #moveToStart(): void {
    const start = this.#window.address
    this.#context.memory.bytes.copyWithin(start, start + this.#at, start + this.#end)
    this.#end -= this.#at
    this.#at = 0
  }

  #bytesNeeded(): number {
    return Math.max(this.#at + this.#told(layout.POSTGRES_NEEDED), this.#window.capacity * 2)
  }

  #fill(copy: CopyOut): void {
    const { address, capacity } = this.#window
    this.#end += copy.take(this.#context.memory.bytes.subarray(address + this.#end, address + capacity))
  }

  async #awaitMore(copy: CopyOut): Promise<void> {
    if (await copy.more()) return
    throw this.#connection!.failure(new Error('The server ended the rows within one'))
  }

  /** Reads rows from the window until there are as many as fit. @throws POSTGRES_VALUE_OUT_OF_RANGE, CORRUPT_RECORD */
  #readRows(first: number): number {
    const { fields, rows: most } = this.#read
    const { address } = this.#window
    const [from, until] = [address + this.#at, address + this.#end]
    const { kernels } = this.#context
    const outcome = this.#outcome.address
    const rows = kernels.postgresRows(this.#columns.address, fields.length, from, until, first, most, outcome)
    this.#at = this.#told(layout.POSTGRES_AT) - address
    if (this.#told(layout.POSTGRES_STATUS) >= layout.POSTGRES_MALFORMED) throw this.#refused()
    return rows
  }

  /** Passes over a message between rows; with what ends them the library goes on. Says whether rows may follow. */
  async #passOver(copy: CopyOut): Promise<boolean> {
    const { memory } = this.#context
    const start = this.#window.address + this.#at
    const left = this.#end - this.#at
    if (PASSED_OVER.has(memory.bytes[start]!)) {
      const length = left < HEAD_BYTES ? HEAD_BYTES : 1 + memory.view.getUint32(start + 1, false)
      if (length <= left) this.#at += length
      else if (this.#isWindowFull) this.#window.extend(this.#at + length, this.#end)
      else await this.#awaitMore(copy)
      return true
    }
    await copy.giveBack(Buffer.from(memory.bytes.slice(start, start + left)))
    this.#isDone = true
    await this.#connection!.rows('commit')
    return false
  }

  #refused(): MillraceError {
    const provider = this.#read.format
    const status = this.#told(layout.POSTGRES_STATUS)
    if (status === layout.POSTGRES_MALFORMED) {
      const reason = 'the server sent bytes that are none of its type'
      return new MillraceError('CORRUPT_RECORD', { provider, position: this.#read.relation, reason })
    }
    const { name, type } = this.#read.fields[this.#told(layout.POSTGRES_COLUMN)]!
    if (status === layout.POSTGRES_NESTED)
      return new MillraceError('UNSUPPORTED_FEATURE', {
        feature: `arrays of several dimensions (in the column ${quotedName(name)} of ${this.#read.relation}; select them as text)`,
      })
    return new MillraceError('POSTGRES_VALUE_OUT_OF_RANGE', {
      provider,
      columnName: quotedName(name),
      columnType: quotedTypeName(type),
      reason: REASONS[status]!,
    })
  }
}

const REASONS: Readonly<Record<number, string>> = {
  [layout.POSTGRES_INFINITE]: 'it is infinite',
  [layout.POSTGRES_NOT_A_NUMBER]: 'it is NaN',
  [layout.POSTGRES_TOO_LARGE]: 'it is too large',
}
