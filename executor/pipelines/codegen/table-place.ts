import type { CompilerContext } from '../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Operand } from '../../compiler/wasm/types.js'
import {
  PART_BITS,
  PARTS_CURRENT,
  PARTS_HEADER_BYTES,
  PARTS_SHIFT,
  TABLE_BYTES,
} from '../../kernels/interface/table.js'
import { pushAddressOf, pushSlot } from './consumer.js'

/** Where generated code finds the table of the kernels that it adds a row to. */
export interface TablePlace {
  /** Whether each row has a table by its hash, which `choose` finds; otherwise there is one for all. */
  readonly isChosen: boolean
  /** Emits what finds the table of a row by the hash of its keys; until the next row, `address` and `load` are about that table. */
  choose(f: FunctionBuilder, hash: Operand): void
  /** Pushes the address of a field of the table. */
  address(f: FunctionBuilder, field: number): FunctionBuilder
  /** Pushes a field of the table (u32). */
  load(f: FunctionBuilder, field: number): FunctionBuilder
}

/** The table at an offset of the data area. */
export const oneTable = (context: CompilerContext, table: number): TablePlace => ({
  isChosen: false,
  choose: () => {},
  address: (f, field) => pushAddressOf(context, f, table + field),
  load: (f, field) => pushSlot(context, f, table + field),
})

/** The tables at an offset of the data area that rows are divided into by bits of their hashes. Which one it is, functions of their own find there, too. */
export const tableOfPart = (context: CompilerContext, parts: number): TablePlace => {
  const current = (f: FunctionBuilder): FunctionBuilder => pushSlot(context, f, parts + PARTS_CURRENT)
  return {
    isChosen: true,
    choose: (f, hash) => {
      f.get(context.constantsBase)
      pushAddressOf(context, f, parts + PARTS_HEADER_BYTES).get(hash)
      pushSlot(context, f, parts + PARTS_SHIFT).op('i32.shr_u')
      f.i32((1 << PART_BITS) - 1)
        .op('i32.and')
        .i32(TABLE_BYTES)
        .op('i32.mul')
        .op('i32.add')
      f.store('i32.store', parts + PARTS_CURRENT)
    },
    address: (f, field) => current(f).i32(field).op('i32.add'),
    load: (f, field) => current(f).load('i32.load', field),
  }
}
