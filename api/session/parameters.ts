import { NO_PARAMETERS, type Parameters } from '../../planner/sql/parameters.js'
import { type Literal, literalOf } from '../column/literal.js'

/** The values of markers in a statement: of `:name` by name, of `?` in order. */
export type ParameterValues = Readonly<Record<string, Literal>> | readonly Literal[]

const isList = (values: ParameterValues): values is readonly Literal[] => Array.isArray(values)

/** @throws INVALID_API_USE for a value that is none of SQL */
export function parametersOf(values: ParameterValues | undefined): Parameters | undefined {
  if (values === undefined) return undefined
  if (isList(values)) return { ...NO_PARAMETERS, positional: values.map(literalOf) }
  const named = new Map(Object.entries(values).map(([name, value]) => [name, literalOf(value)]))
  return { ...NO_PARAMETERS, named }
}
