import { BOOLEAN, STRING } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { LIKE_ESCAPE_AT_END } from '../../../kernels/interface/text.js'
import { asBytes, loadBytesResult } from '../bytes-result.js'
import { DETAIL, DETAIL_BEHIND_FIRST, DETAIL_FIRST } from '../error-sites.js'
import { anyNull, whenNotNull } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { isAlwaysNull, scalar, type Value } from '../value.js'
import { joinedBytes } from './strings.js'

/** LIKE with a pattern that differs from row to row. */
export function compileComputedLike(call: Call, scope: Scope): Value {
  const values = call.args.map((arg) => scope.value(arg))
  if (values.some(isAlwaysNull)) return nullOf(BOOLEAN)
  const { f, context } = scope
  const [text, pattern, escapeText] = values.map(asBytes)
  const isNull = anyNull(f, [text!.isNull, pattern!.isNull])
  const result = f.local('i32')
  whenNotNull(f, isNull, () => {
    f.get(pattern!.address).get(pattern!.length).get(escapeText!.address).get(escapeText!.length)
    f.get(context.constantsBase).call(scope.kernel('likeCompile'))
    const refused = f.setNew('i32')
    f.get(refused).if(() => {
      f.get(refused).i32(LIKE_ESCAPE_AT_END).op('i32.eq')
      f.if(() => scope.raise('INVALID_FORMAT.ESC_AT_THE_END', { format: DETAIL }, call.origin, pattern))
      const escaped = asBytes(loadBytesResult({ type: STRING }, scope, undefined))
      const parameters = { format: DETAIL_BEHIND_FIRST, char: DETAIL_FIRST }
      scope.raise('INVALID_FORMAT.ESC_IN_THE_MIDDLE', parameters, call.origin, joinedBytes(scope, [escaped, pattern!]))
    })
    const compiled = asBytes(loadBytesResult({ type: STRING }, scope, undefined))
    f.get(text!.address).get(text!.length).get(compiled.address).get(compiled.length)
    f.call(scope.kernel('likeMatch')).set(result)
  })
  return scalar(BOOLEAN, result, isNull)
}
