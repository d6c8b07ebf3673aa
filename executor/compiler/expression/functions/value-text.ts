import { STRING } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { CastSite } from '../cast/cast-site.js'
import { castToString } from '../cast/to-string.js'
import type { Scope } from '../scope.js'
import type { Value } from '../value.js'

/** A value within a call as a cast to text gives it. */
export function valueText(value: Value, call: Call, scope: Scope): Value {
  const cast = { kind: 'cast', child: call, mode: 'ansi', nullable: true, type: STRING } as const
  return castToString(new CastSite(cast, value, scope), value)
}
