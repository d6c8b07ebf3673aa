import type { DataType } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../kernels/interface/text.js'
import type { Scope } from './scope.js'
import { type BytesValue, bytes, type Value } from './value.js'

/** A value that is held as bytes: a text, an array, a map. */
export function asBytes(value: Value): BytesValue {
  if (value.kind === 'bytes') return value
  throw new MillraceError('INTERNAL_ERROR', { message: `bytes were expected, not ${value.type.kind}` })
}

/** Takes the address and length a kernel left at the start of the data area. */
export function loadBytesResult(
  { type }: { readonly type: DataType },
  scope: Scope,
  isNull: Value['isNull'],
): BytesValue {
  const { f, context } = scope
  f.get(context.constantsBase).load('i32.load', RESULT_ADDRESS)
  const address = f.setNew('i32')
  f.get(context.constantsBase).load('i32.load', RESULT_LENGTH)
  return bytes(type, address, f.setNew('i32'), isNull)
}
