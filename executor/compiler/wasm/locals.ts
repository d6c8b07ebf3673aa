import type { ByteBuffer } from './byte-buffer.js'
import { type Local, typeCode, type ValueType } from './types.js'

/** The local variables of a function, which are used again when they are given back. */
export class Locals {
  readonly #parameters: number
  readonly #types: ValueType[] = []
  readonly #free: Record<ValueType, Local[]> = { i32: [], i64: [], f32: [], f64: [], v128: [] }

  constructor(parameters: number) {
    this.#parameters = parameters
  }

  get count(): number {
    return this.#types.length
  }

  /** One that nothing has used before. */
  add(type: ValueType): Local {
    this.#types.push(type)
    return { kind: 'local', type, index: this.#parameters + this.#types.length - 1 }
  }

  take(type: ValueType): Local {
    return this.#free[type].pop() ?? this.add(type)
  }

  free(locals: readonly Local[]): void {
    for (const local of locals) this.#free[local.type].push(local)
  }

  /** Their declarations, those of one type in a row together. */
  write(out: ByteBuffer): void {
    const runs: [ValueType, number][] = []
    for (const type of this.#types) {
      const last = runs.at(-1)
      if (last?.[0] === type) last[1]++
      else runs.push([type, 1])
    }
    out.unsigned(runs.length)
    for (const [type, count] of runs) {
      out.unsigned(count)
      out.byte(typeCode(type))
    }
  }
}
