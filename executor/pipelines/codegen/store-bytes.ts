import type { CompilerContext } from '../../compiler/expression/context.js'
import type { BytesValue } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Operand } from '../../compiler/wasm/types.js'
import { TABLE_STRING_STORE } from '../../kernels/interface/table.js'
import type { TablePlace } from './table-place.js'

/** Writes a ref at an offset of a row, and the bytes it is to into the store of a table. NULL has none. */
export function storeBytes(
  context: CompilerContext,
  f: FunctionBuilder,
  row: Operand,
  offset: number,
  value: BytesValue,
  table: TablePlace,
): void {
  f.get(value.length)
  if (value.isNull) f.i32(0).get(value.isNull).op('i32.eqz').select()
  const length = f.setNew('i32')
  f.get(row)
  table.address(f, TABLE_STRING_STORE).get(value.address).get(length)
  f.call(context.kernel('storeBytes')).store('i32.store', offset)
  f.get(row)
    .get(length)
    .store('i32.store', offset + 4)
}

/** Writes a ref to bytes that stay where they are. NULL has none. */
export function storeRef(f: FunctionBuilder, row: Operand, offset: number, value: BytesValue): void {
  f.get(row).get(value.address).store('i32.store', offset)
  f.get(row).get(value.length)
  if (value.isNull) f.i32(0).get(value.isNull).op('i32.eqz').select()
  f.store('i32.store', offset + 4)
}
