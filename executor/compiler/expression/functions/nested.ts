import type { StructType } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { Scope } from '../scope.js'
import type { Value } from '../value.js'

/** `named_struct`: nothing but a name for values already there. */
export function compileNamedStruct(call: Call, scope: Scope): Value {
  const fields = call.args.map((arg) => scope.value(arg))
  return { kind: 'struct', type: call.type as StructType, fields, isNull: undefined }
}
