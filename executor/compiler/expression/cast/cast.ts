import { sameType, typeName } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Cast } from '../../../../planner/plan/expression/expression.js'
import { compileExpression } from '../compile.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { isAlwaysNull, type Value } from '../value.js'

export function compileCast(cast: Cast, scope: Scope): Value {
  const value = compileExpression(cast.child, scope)
  if (isAlwaysNull(value)) return nullOf(cast.type)
  if (sameType(value.type, cast.type)) return value
  const feature = `casts from ${typeName(value.type)} to ${typeName(cast.type)}`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: cast.origin })
}
