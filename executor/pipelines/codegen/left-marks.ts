import type { CompilerContext } from '../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Label, Local } from '../../compiler/wasm/types.js'
import { JOIN_ROW_NEXT } from '../../kernels/interface/rows.js'
import { pushSlot } from './consumer.js'

/** Left rows are in no chain: in place of the next one is a u32 that is 1 once the row matched. */
const MATCHED = JOIN_ROW_NEXT

/** What left rows must know that are joined with the right rows some at a time: whether they matched before, and whether more right rows follow. */
export class LeftMarks {
  /** Offset in the data area of a u32 that is 1 while more right rows follow. */
  readonly follows: number
  readonly #context: CompilerContext
  #row: Local | undefined

  constructor(context: CompilerContext) {
    this.#context = context
    this.follows = context.constants.reserve(16)
  }

  /** Names the local that holds the address of the current row. */
  isAt(row: Local): void {
    this.#row = row
  }

  clear(f: FunctionBuilder, row: Local): void {
    f.get(row).i32(0).store('i32.store', MATCHED)
  }

  /** Pushes whether the current row matched right rows that were there before. */
  push(f: FunctionBuilder): FunctionBuilder {
    return f.get(this.#row!).load('i32.load', MATCHED)
  }

  set(f: FunctionBuilder): void {
    f.get(this.#row!).i32(1).store('i32.store', MATCHED)
  }

  /** Goes to `skip` while more right rows follow: only then is it known that a row has no match. */
  skipUntilLast(f: FunctionBuilder, skip: Label): void {
    pushSlot(this.#context, f, this.follows).brIf(skip)
  }
}
