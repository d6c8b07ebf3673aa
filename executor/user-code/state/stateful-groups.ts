import type { Block } from '../../../columnar/blocks/block.js'
import { RowBytes } from '../../../columnar/row-bytes.js'
import { objectMaker, rowKeys } from '../../../columnar/row-keys.js'
import type { Field, Schema } from '../../../columnar/types.js'
import { type Value, type ValueReader, valueReaders } from '../../../columnar/value-reader.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { CountedMemory } from '../../../connectors/api.js'
import { INITIAL_ROWS } from '../../../planner/plan/expression/user-function.js'
import { failed, invalidResult, type Signature } from '../failure.js'
import type { ProcessorHandle } from './processor-handle.js'

/** What code of the user is told of time. */
export interface TimerValues {
  getCurrentProcessingTimeInMs(): number
  /** 0 as long as no row has been seen, -1 where the query declares none. */
  getCurrentWatermarkInMs(): number
}

/** An object of a class of the user, as Spark's StatefulProcessor. */
export interface Processor {
  handleInitialState?(key: readonly Value[], row: object, timerValues: TimerValues): unknown
  handleInputRows(key: readonly Value[], rows: Iterable<object>, timerValues: TimerValues): unknown
  handleExpiredTimer?(key: readonly Value[], timerValues: TimerValues, expired: ExpiredTimer): unknown
  close?(): unknown
}

interface ExpiredTimer {
  getExpiryTimeInMs(): number
}

interface GroupsOptions {
  readonly processor: Processor
  readonly handle: ProcessorHandle
  readonly timerValues: TimerValues
  readonly signature: Signature
  /** The columns of rows, and the keys as the last of them. */
  readonly given: Schema
  readonly keys: number
  /** Whether there are two columns more before the keys, as `StatefulMapping.hasInitial` says. */
  readonly hasInitial: boolean
  /** Whether a group is handled of which there is no row but the one that its state begins with. */
  readonly isCalledWithoutRows: boolean
  /** What the rows of a group take until it is whole. */
  readonly held: CountedMemory
  /** Called between groups: cells may leave the memory. */
  relieve(): Promise<void> | undefined
}

/** Some rows of a block that are of the same group. */
interface Part {
  readonly block: Block
  readonly readers: readonly ValueReader[]
  readonly from: number
  readonly end: number
}

interface Group {
  readonly key: readonly Value[]
  readonly bytes: Uint8Array
  readonly parts: Part[]
}

/** Hands the rows of a batch to an object of the user group by group: rows come in the order of their keys. Gives the rows that it gives, some at a time. */
export class StatefulGroups {
  readonly #options: GroupsOptions
  /** How many columns there are before the keys, and how many of them rows have. */
  readonly #keysFrom: number
  readonly #columns: number
  readonly #keyBytes: RowBytes
  readonly #make: ReturnType<typeof objectMaker<Value>>
  #group: Group | undefined

  constructor(options: GroupsOptions) {
    const { given, keys, hasInitial } = options
    this.#options = options
    this.#keysFrom = given.fields.length - keys
    this.#columns = this.#keysFrom - (hasInitial ? 2 : 0)
    this.#keyBytes = new RowBytes(given.fields.slice(this.#keysFrom).map(keyField), 'key')
    this.#make = objectMaker<Value>(rowKeys(given.fields.slice(0, this.#columns)))
  }

  /** Takes rows, and handles groups that are whole. @throws FAILED_EXECUTE_UDF, UNABLE_TO_ACQUIRE_MEMORY for a group that does not fit */
  async *take(blocks: readonly Block[]): AsyncGenerator<readonly unknown[]> {
    const { given, held } = this.#options
    for (const block of blocks) {
      held.hold(held.bytes + block.bytes.length)
      const readers = valueReaders(given, block)
      for (let from = 0, end = 0; from < block.rows; from = end) {
        const key = this.#keyAt(readers, from)
        end = from + 1
        while (end < block.rows && this.#isSame(key, readers, end)) end++
        const bytes = this.#keyBytes.write(objectOf(key))
        if (!this.#group || Buffer.compare(bytes, this.#group.bytes) !== 0) {
          yield* this.#handleGroup()
          held.hold(block.bytes.length)
          this.#group = { key, bytes, parts: [] }
        }
        this.#group.parts.push({ block, readers, from, end })
      }
    }
  }

  /** Handles the last group, then the timers that are due; what expires otherwise is let go. */
  async *end(untilMicros: bigint): AsyncGenerator<readonly unknown[]> {
    yield* this.#handleGroup()
    this.#options.held.hold(0)
    const { handle, processor, timerValues, signature } = this.#options
    for (const timer of handle.expire(untilMicros)) {
      if (!handle.isSet(timer)) continue
      const key = Object.values(this.#keyBytes.read(timer.group))
      const expired = { getExpiryTimeInMs: () => timer.timeMs }
      yield* this.#handled(timer.group, () => processor.handleExpiredTimer?.(key, timerValues, expired))
      // It is among the timers of the group as long as it is handled, and one that is set anew for its time goes with it: so has Spark it.
      handle.take(timer)
    }
    try {
      await processor.close?.()
    } catch (error) {
      throw toldOf(signature, error)
    }
  }

  async *#handleGroup(): AsyncGenerator<readonly unknown[]> {
    const group = this.#group
    if (!group) return
    this.#group = undefined
    const { readers, end } = group.parts.at(-1)!
    const hasRows = !this.#isInitial(readers, end - 1)
    const { processor, timerValues, isCalledWithoutRows } = this.#options
    await this.#begin(group)
    if (!isCalledWithoutRows && !hasRows) return
    yield* this.#handled(group.bytes, () => processor.handleInputRows(group.key, this.#rowsOf(group), timerValues))
  }

  /** Lets the state of a group begin with the rows that are given for it, which come before its others. */
  async #begin(group: Group): Promise<void> {
    const { handle, processor, timerValues, signature } = this.#options
    handle.group.bytes = group.bytes
    try {
      for (const row of this.#initialRows(group)) await processor.handleInitialState!(group.key, row, timerValues)
    } catch (error) {
      throw toldOf(signature, error)
    } finally {
      handle.group.bytes = undefined
    }
  }

  /** What the user's code gives for a group, whose state it sees meanwhile. */
  async *#handled(group: Uint8Array, run: () => unknown): AsyncGenerator<readonly unknown[]> {
    const { handle, signature } = this.#options
    handle.group.bytes = group
    try {
      const given = await run()
      if (isIterable(given)) yield* inChunks(given)
      else if (isAsyncIterable(given)) for await (const row of given) yield [row]
      else if (given !== undefined && given !== null) throw invalidResult(signature, given)
    } catch (error) {
      throw toldOf(signature, error)
    } finally {
      handle.group.bytes = undefined
    }
    await this.#options.relieve()
  }

  *#rowsOf({ parts }: Group): Generator<object> {
    for (const { readers, from, end } of parts)
      for (let row = from; row < end; row++)
        if (!this.#isInitial(readers, row)) yield this.#make((column) => readers[column]!(row))
  }

  *#initialRows({ parts }: Group): Generator<object> {
    for (const { readers, from, end } of parts)
      for (let row = from; row < end && this.#isInitial(readers, row); row++)
        yield readers[this.#columns]!(row) as object
  }

  #isInitial(readers: readonly ValueReader[], row: number): boolean {
    return this.#options.hasInitial && readers[this.#columns + 1]!(row) === INITIAL_ROWS
  }

  #keyAt(readers: readonly ValueReader[], row: number): readonly Value[] {
    return readers.slice(this.#keysFrom).map((read) => oneZero(read(row)))
  }

  /** Of values that are objects it is not known at once. */
  #isSame(key: readonly Value[], readers: readonly ValueReader[], row: number): boolean {
    return key.every((value, i) => Object.is(value, oneZero(readers[this.#keysFrom + i]!(row))))
  }
}

const oneZero = (value: Value): Value => (value === 0 ? 0 : value)

/** Keys may have the same names. */
const keyField = (field: Field, i: number): Field => ({ ...field, name: `key${i}` })

const objectOf = (key: readonly Value[]): object => Object.fromEntries(key.map((value, i) => [`key${i}`, value]))

/** So many rows of the user are taken before the pipeline behind has them. */
const ROWS_AT_ONCE = 1024

function* inChunks(rows: Iterable<unknown>): Generator<readonly unknown[]> {
  let chunk: unknown[] = []
  for (const row of rows) {
    if (chunk.push(row) < ROWS_AT_ONCE) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

const isIterable = (given: unknown): given is Iterable<unknown> =>
  typeof given === 'object' && given !== null && Symbol.iterator in given

const isAsyncIterable = (given: unknown): given is AsyncIterable<unknown> =>
  typeof given === 'object' && given !== null && Symbol.asyncIterator in given

/** What code of the user threw, with its line. */
export const toldOf = (signature: Signature, error: unknown): MillraceError =>
  MillraceError.is(error) ? error : failed(signature, error)
