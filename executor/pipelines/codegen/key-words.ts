import type { CompilerContext } from '../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Operand } from '../../compiler/wasm/types.js'
import { WORD_LENGTH_SHIFT, WORD_STRING_BYTES } from '../../kernels/interface/text.js'

const CANONICAL_NAN = 0x7ff8000000000000n

/** Pushes the bits of a double with one zero and one NaN. */
export function pushDoubleBits(f: FunctionBuilder, value: Operand): void {
  f.get(value).f64(0).op('f64.add').op('i64.reinterpret_f64').i64(CANONICAL_NAN)
  f.get(value).get(value).op('f64.eq').select()
}

/** Pushes the word of a string as the kernel `stringWord` makes it; of a short one in line: eight bytes can be loaded wherever one can. */
export function pushStringWord(context: CompilerContext, f: FunctionBuilder, address: Operand, length: Operand): void {
  f.get(length).i32(WORD_STRING_BYTES).op('i32.gt_u')
  f.if(
    () => f.get(address).get(length).call(context.kernel('stringWord')),
    () => {
      f.get(address).load('i64.load')
      f.i64(1n).get(length).i32(3).op('i32.shl').op('i64.extend_i32_u').op('i64.shl').i64(1n).op('i64.sub')
      f.op('i64.and').get(length).op('i64.extend_i32_u').i64(BigInt(WORD_LENGTH_SHIFT)).op('i64.shl').op('i64.or')
    },
    'i64',
  )
}
