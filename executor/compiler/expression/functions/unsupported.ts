import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { Scope } from '../scope.js'
import type { Value } from '../value.js'

export function compileUnsupported(call: Call, _scope: Scope): Value {
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the function ${call.fn}` }, { origin: call.origin })
}
