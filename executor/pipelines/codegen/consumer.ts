import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Label, Local } from '../../compiler/wasm/types.js'
import type { VectorRows } from './lanes/vector-rows.js'
import type { ColumnRange, EmitMask, VectorColumns } from './vector-test.js'

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
  /** What is done with several rows at a time, where these columns allow it: asked for behind `begin`. */
  vector?(f: FunctionBuilder, columns: VectorColumns): VectorRows | undefined
  /** How to tell first, for a whole batch, which rows `row` would let pass. */
  readonly selection?: Selection
}

/** A test that needs no branch and never raises. */
export interface RowTest {
  /** Pushes 1 for a row that passes, else 0. The last test of a selection may return a local whose value is kept for the row. */
  push(scope: Scope): Local | undefined
  /** The same test for several rows at a time, where the columns allow it. */
  vector?(columns: VectorColumns, context: CompilerContext): EmitMask | undefined
  /** The same test as a range of one column of the source, where it is one; `columnOf` gives the source's ordinal of a column. */
  range?(columnOf: (ordinal: number) => number | undefined): ColumnRange | undefined
}

/**
 * Tests that are run over a batch one after the other, each in a loop of its own which only notes the rows that pass. Without branches the
 * processor never guesses wrong, and it waits for many rows' memory at once.
 */
export interface Selection {
  readonly tests: readonly RowTest[]
  /** As the consumer's `row`, for a row that passed; `kept` is what the last test returned for it. */
  row(scope: Scope, flow: RowFlow, kept: Local): void
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
