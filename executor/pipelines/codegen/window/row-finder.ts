import type { CompilerContext } from '../../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { FunctionReference, Local, Operand } from '../../../compiler/wasm/types.js'
import { WINDOW_ADDRESSES, WINDOW_ON_DISK } from '../../../kernels/interface/table.js'
import { loadSlot, pushAddressOf, pushSlot } from '../consumer.js'

/** Finds rows by their numbers, in one function. */
export interface RowFinder {
  /**
   * Pushes the address of a row. It stays valid until the same code asks for another row.
   * @param writes whether the row is changed
   */
  push(index: Operand, writes?: boolean): FunctionBuilder
}

/** Makes what finds the rows of a table in the functions of a window. */
export interface RowFinders {
  in(f: FunctionBuilder): RowFinder
  /** What is emitted from here on runs when nothing runs any more that was emitted before. */
  begin(): void
}

/** Rows that are all in memory: their addresses are in a list. */
export class ListedRows implements RowFinders {
  readonly #context: CompilerContext
  readonly #table: number

  constructor(context: CompilerContext, table: number) {
    this.#context = context
    this.#table = table
  }

  begin(): void {}

  in(f: FunctionBuilder): RowFinder {
    const addresses = loadSlot(this.#context, f, this.#table + WINDOW_ADDRESSES)
    return {
      push: (index) => f.get(addresses).get(index).i32(2).op('i32.shl').op('i32.add').load('i32.load'),
    }
  }
}

/** What a place in the code knows of the rows around the last one that it asked for: the number of the first, how many there are, and where they lie. */
export const NEAR_FIRST = 0
export const NEAR_COUNT = 4
export const NEAR_ADDRESS = 8
const NEAR_BYTES = 16

/**
 * Rows that may be on disk. Each place in the code that asks for rows remembers the page of the last one, which stays in memory as long as
 * it does. Places ask for rows one behind the other, so that most are in that page; for others the host is asked. Those that change rows are never
 * the same as those that only read: the host learns that a page changes when it is asked for it.
 */
export class PagedRows implements RowFinders {
  /** Offsets in the data area of what places know. */
  readonly places: number[] = []
  readonly #context: CompilerContext
  readonly #table: number
  readonly #width: number
  readonly #reading = new Places()
  readonly #writing = new Places()
  #miss: FunctionReference | undefined

  constructor(context: CompilerContext, table: number, width: number) {
    this.#context = context
    this.#table = table
    this.#width = width
  }

  begin(): void {
    this.#reading.begin()
    this.#writing.begin()
  }

  in(f: FunctionBuilder): RowFinder {
    return { push: (index, writes = false) => this.#push(f, index, writes) }
  }

  #push(f: FunctionBuilder, index: Operand, writes: boolean): FunctionBuilder {
    const place = this.#place(writes)
    const pushDistance = () => pushSlot(this.#context, f.get(index), place + NEAR_FIRST).op('i32.sub')
    const distance = pushDistance().setNew('i32')
    pushSlot(this.#context, f.get(distance), place + NEAR_COUNT).op('i32.ge_u')
    f.if(() => {
      pushAddressOf(this.#context, f, place)
        .get(index)
        .i32(writes ? 1 : 0)
        .call(this.#missed())
      pushDistance().set(distance)
    })
    return pushSlot(this.#context, f, place + NEAR_ADDRESS)
      .get(distance)
      .i32(this.#width)
      .op('i32.mul')
      .op('i32.add')
  }

  #place(writes: boolean): number {
    return (writes ? this.#writing : this.#reading).next(() => {
      const place = this.#context.constants.reserve(NEAR_BYTES)
      this.places.push(place)
      return place
    })
  }

  /** The function (place, index, writes) that finds a row which is not among those that a place knows. */
  #missed(): FunctionReference {
    if (this.#miss) return this.#miss
    const f = this.#context.module.function(['i32', 'i32', 'i32'], [])
    this.#miss = f.reference
    const [place, index, writes] = f.parameters as readonly [Local, Local, Local]
    pushSlot(this.#context, f, this.#table + WINDOW_ON_DISK)
    f.if(
      () => {
        pushAddressOf(this.#context, f, this.#table).get(place).get(index).get(writes)
        f.call(this.#context.hostFunction('findRow'))
      },
      () => {
        f.get(place).get(index).store('i32.store', NEAR_FIRST)
        f.get(place).i32(1).store('i32.store', NEAR_COUNT)
        f.get(place)
        pushSlot(this.#context, f, this.#table + WINDOW_ADDRESSES)
        f.get(index).i32(2).op('i32.shl').op('i32.add').load('i32.load').store('i32.store', NEAR_ADDRESS)
      },
    )
    return this.#miss
  }
}

/** Places that are used again by code that runs later. */
class Places {
  readonly #made: number[] = []
  #taken = 0

  begin(): void {
    this.#taken = 0
  }

  next(make: () => number): number {
    const at = this.#taken++
    this.#made[at] ??= make()
    return this.#made[at]
  }
}
