import { STRING } from '../../../columnar/types.js'
import { i32Constant } from '../wasm/types.js'
import { asBytes, loadBytesResult } from './bytes-result.js'
import { joinedBytes } from './functions/strings.js'
import type { Scope } from './scope.js'
import { type BytesValue, bytes, type ScalarValue } from './value.js'

/** The texts of whole numbers at fault, a line each, made only where the error is raised. */
export function numbersAtFault(scope: Scope, values: readonly ScalarValue[]): BytesValue {
  const { f, context } = scope
  const newline = bytes(STRING, scope.constant(Buffer.from('\n')), i32Constant(1), undefined)
  const lines = values.flatMap(({ value }, i) => {
    f.get(value)
    if (value.type === 'i32') f.op('i64.extend_i32_s')
    f.get(context.constantsBase).call(scope.kernel('formatLong'))
    const text = asBytes(loadBytesResult({ type: STRING }, scope, undefined))
    return i === 0 ? [text] : [newline, text]
  })
  return joinedBytes(scope, lines)
}
