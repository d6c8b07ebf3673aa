import { ByteBuffer } from './byte-buffer.js'
import type { FunctionReference, Global } from './types.js'

/** Something whose index is known only when the module is finished. */
export type Relocatable = FunctionReference | Global

/** Instructions, with the places where the index of a function or global is filled in when the module is finished. */
export class CodeBuffer extends ByteBuffer {
  readonly #relocations: { readonly at: number; readonly target: Relocatable }[] = []

  relocate(target: Relocatable): void {
    this.#relocations.push({ at: this.placeholder(), target })
  }

  /** The number of an instruction of more than one byte. */
  prefixed(prefix: number, code: number): void {
    this.byte(prefix)
    this.unsigned(code)
  }

  /** An instruction that reads or writes memory: its prefix (0 for none), number and alignment, and the offset. */
  access([prefix, code, alignment]: readonly [number, number, number], offset: number): void {
    if (prefix === 0) this.byte(code)
    else this.prefixed(prefix, code)
    this.unsigned(alignment)
    this.unsigned(offset)
  }

  /** The instructions with all indices filled in. */
  finish(resolve: (target: Relocatable) => number): Uint8Array {
    for (const { at, target } of this.#relocations) this.patchUnsigned(at, resolve(target))
    return this.bytes
  }
}
