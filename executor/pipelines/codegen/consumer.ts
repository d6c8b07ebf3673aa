import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Label, Local } from '../../compiler/wasm/types.js'

/** Where a row may go from where it is. */
export interface RowFlow {
  /** On to the next row. */
  readonly skip: Label
  /** Out of the loop: no further rows are wanted. `end` still runs. */
  readonly done: Label
  /** Offset in the data area of a u32 to be set to 1 when the source need not be read on. */
  readonly stop: number
}

/**
 * What an operator does with the rows of the one below it, within one generated function: `begin` before its loop over the rows of a batch,
 * `row` for each, `end` after. An operator that passes rows on calls the consumer above it.
 */
export interface Consumer {
  begin(f: FunctionBuilder): void
  row(scope: Scope, flow: RowFlow): void
  end(f: FunctionBuilder): void
}

/** A consumer in front of another that only does something for each row. */
export function before(next: Consumer, row: Consumer['row']): Consumer {
  return { begin: (f) => next.begin(f), row, end: (f) => next.end(f) }
}

/** Pushes a u32 of the data area. */
export function pushSlot(context: CompilerContext, f: FunctionBuilder, offset: number): FunctionBuilder {
  return f.get(context.constantsBase).load('i32.load', offset)
}

/** Loads a u32 of the data area into a new local. */
export function loadSlot(context: CompilerContext, f: FunctionBuilder, offset: number): Local {
  return pushSlot(context, f, offset).setNew('i32')
}

/** Pushes the address of a place in the data area. */
export function pushAddressOf(context: CompilerContext, f: FunctionBuilder, offset: number): FunctionBuilder {
  return f.get(context.constantsBase).i32(offset).op('i32.add')
}
