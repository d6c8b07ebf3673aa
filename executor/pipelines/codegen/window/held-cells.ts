import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Local } from '../../../compiler/wasm/types.js'
import type { Cells, CellType } from '../cells.js'

export interface HeldLocal {
  readonly local: Local
  readonly type: CellType
}

/** Cells in locals that begin as zeros. */
export class HeldCells implements Cells {
  readonly #f: FunctionBuilder
  readonly #types: readonly CellType[]
  readonly #locals: readonly Local[]

  constructor(f: FunctionBuilder, types: readonly CellType[]) {
    this.#f = f
    this.#types = types
    this.#locals = types.map((type) => f.local(type))
    this.clear()
  }

  get locals(): readonly HeldLocal[] {
    return this.#locals.map((local, i) => ({ local, type: this.#types[i]! }))
  }

  push(index: number): FunctionBuilder {
    return this.#f.get(this.#locals[index]!)
  }

  set(index: number): void {
    this.#f.set(this.#locals[index]!)
  }

  /** @param kept cells that stay as they are */
  clear(kept: readonly number[] = []): void {
    this.#types.forEach((type, i) => {
      if (kept.includes(i)) return
      if (type === 'i64') this.#f.i64(0n)
      else this.#f[type](0)
      this.set(i)
    })
  }

  /** Other cells with the same values. */
  copy(): HeldCells {
    const copy = new HeldCells(this.#f, this.#types)
    this.#types.forEach((_, i) => {
      this.push(i)
      copy.set(i)
    })
    return copy
  }
}
