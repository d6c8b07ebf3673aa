import type { ArrayType, MapType } from '../../../columnar/types.js'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../kernels/interface/text.js'
import type { CompilerContext } from '../expression/context.js'
import type { BytesValue } from '../expression/value.js'
import type { FunctionBuilder } from '../wasm/function-builder.js'
import { hasSeveralForms } from './forms.js'
import { describeType } from './type-description.js'

/** A value as a key: its bytes are those of all that are equal to it, which those of an array or map need not be. */
export function normalized(context: CompilerContext, f: FunctionBuilder, value: BytesValue): BytesValue {
  if (!hasSeveralForms(value.type)) return value
  const address = f.get(value.address).setNew('i32')
  const length = f.get(value.length).setNew('i32')
  // Under a NULL there is no array.
  f.get(value.length).i32(0).op('i32.ne')
  if (value.isNull) f.get(value.isNull).op('i32.eqz').op('i32.and')
  f.if(() => {
    const type = context.constants.add(describeType(value.type as ArrayType | MapType))
    f.get(context.constantsBase).i32(type).op('i32.add')
    f.get(value.address).get(value.length).get(context.constantsBase).call(context.kernel('packedNormalized'))
    f.get(context.constantsBase).load('i32.load', RESULT_ADDRESS).set(address)
    f.get(context.constantsBase).load('i32.load', RESULT_LENGTH).set(length)
  })
  return { ...value, address, length }
}
