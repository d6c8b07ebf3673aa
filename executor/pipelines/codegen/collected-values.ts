import { partsOf, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'

/** Before the bytes of a text lies how many these are (u32). */
const LENGTH_BYTES = 4
const WIDTHS = { i32: 4, i64: 8, f32: 4, f64: 8 } as const
type Word = keyof typeof WIDTHS

/** How many bytes values take among collected ones, beside those of texts. */
export const bytesOf = (values: readonly Value[]): number =>
  values
    .flatMap((value) =>
      value.kind === 'bytes' ? [LENGTH_BYTES] : partsOf(value).map(({ type }) => WIDTHS[type as Word]),
    )
    .reduce((sum, width) => sum + width, 0)

/** Writes a word and moves on behind it. */
export function appendWord(f: FunctionBuilder, at: Local, part: Operand): void {
  const type = part.type as Word
  f.get(at).get(part).store(`${type}.store`)
  f.get(at).i32(WIDTHS[type]).op('i32.add').set(at)
}

/** Writes the length of a text and its bytes, and moves on behind them. */
export function appendBytes(f: FunctionBuilder, at: Local, address: Operand, length: Operand): void {
  f.get(at).get(length).store('i32.store')
  f.get(at).i32(LENGTH_BYTES).op('i32.add').tee(at).get(address).get(length).memoryCopy()
  f.get(at).get(length).op('i32.add').set(at)
}
