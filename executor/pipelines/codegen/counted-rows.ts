import type { CompilerContext } from '../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local } from '../../compiler/wasm/types.js'
import type { Consumer } from './consumer.js'

/**
 * A consumer that counts the rows which come to it, in a u64 at an offset of the data area. It takes them one by one: what looks at several at a
 * time does not know which of them go on.
 */
export function countedRows(context: CompilerContext, offset: number, next: Consumer): Consumer {
  let rows: Local | undefined
  return {
    begin(f: FunctionBuilder) {
      rows = f.get(context.constantsBase).load('i64.load', offset).setNew('i64')
      next.begin(f)
    },
    row(scope, flow) {
      scope.f.get(rows!).i64(1n).op('i64.add').set(rows!)
      next.row(scope, flow)
    },
    end(f) {
      f.get(context.constantsBase).get(rows!).store('i64.store', offset)
      next.end(f)
    },
  }
}
