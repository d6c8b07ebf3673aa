import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'

export type CellType = 'i32' | 'i64' | 'f32' | 'f64'

/** Where the state of an aggregate is while rows are added: cells of eight bytes in a group's row, or locals. */
export interface Cells {
  /** Pushes a cell. */
  push(index: number): FunctionBuilder
  /** Pops into a cell. */
  set(index: number): void
}

/** Cells in the row of a group. */
export class RowCells implements Cells {
  readonly #f: FunctionBuilder
  readonly #types: readonly CellType[]
  readonly #row: Operand
  readonly #offset: number

  constructor(f: FunctionBuilder, types: readonly CellType[], row: Operand, offset: number) {
    this.#f = f
    this.#types = types
    this.#row = row
    this.#offset = offset
  }

  push(index: number): FunctionBuilder {
    return this.#f.get(this.#row).load(`${this.#types[index]!}.load`, this.#offset + index * 8)
  }

  set(index: number): void {
    const type = this.#types[index]!
    this.#f.scratch(type, (value) => {
      this.#f
        .set(value)
        .get(this.#row)
        .get(value)
        .store(`${type}.store`, this.#offset + index * 8)
    })
  }
}

/** Cells in locals, for the one group of an aggregate without keys: loaded before the loop over a batch and stored behind it. */
export class LocalCells implements Cells {
  readonly #f: FunctionBuilder
  readonly #locals: readonly Local[]
  readonly #memory: RowCells

  constructor(f: FunctionBuilder, types: readonly CellType[], row: Operand, offset: number) {
    this.#f = f
    this.#memory = new RowCells(f, types, row, offset)
    this.#locals = types.map((_, i) => {
      const local = f.local(types[i]!)
      this.#memory.push(i).set(local)
      return local
    })
  }

  push(index: number): FunctionBuilder {
    return this.#f.get(this.#locals[index]!)
  }

  set(index: number): void {
    this.#f.set(this.#locals[index]!)
  }

  flush(): void {
    this.#locals.forEach((local, i) => {
      this.#f.get(local)
      this.#memory.set(i)
    })
  }
}
