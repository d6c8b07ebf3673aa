import { type DataType, STRING } from '../../../columnar/types.js'
import type { ConditionName } from '../../../common/errors/catalogue.js'
import { literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { CallSite } from './definition.js'

/** The parameters of a condition: those that are known, and texts that are computed. */
export interface RaisedParameters {
  readonly parameters: Readonly<Record<string, string>>
  readonly shown?: Readonly<Record<string, Expression>>
}

/** An expression of a type that raises a condition where it is computed: a branch of a CASE that tests for what a function refuses. */
export function raising(
  condition: ConditionName,
  { parameters, shown = {} }: RaisedParameters,
  type: DataType,
  site: CallSite,
): Expression {
  const known = literal(STRING, JSON.stringify({ condition, parameters, shown: Object.keys(shown) }))
  const routine = { by: 'host', name: 'raising.raise', label: site.name, raises: true, takesNull: true } as const
  return routineCall(routine, type, [known, ...Object.values(shown)], site.origin)
}
