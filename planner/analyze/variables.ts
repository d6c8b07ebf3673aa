import { type DataType, sqlTypeName } from '../../columnar/types.js'
import { literalText, typedText } from '../plan/expression/literal-text.js'
import type { SessionVariable, UnresolvedExpression } from '../plan/unresolved/expression.js'
import { withUnresolvedInputs } from '../plan/unresolved/inputs.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { mapExpressionsOf } from './depth.js'
import { isSubquery, someNode, withOperands } from './unresolved-nodes.js'

/** The variable of the session that a name means; undefined when there is none. */
export type VariableLookUp = (parts: readonly string[]) => SessionVariable | undefined

/**
 * Notes at names that may mean variables what these are now, so that a DataFrame goes on meaning what it meant when it was made. Stored views see no
 * variables. What is cached is read again if it uses any, as these may have had other values then.
 */
export function withVariables(relation: UnresolvedRelation, variable: VariableLookUp): UnresolvedRelation {
  if (relation.kind === 'storedView') return relation
  let used = false
  const noting: VariableLookUp = (parts) => {
    const found = variable(parts)
    used ||= found !== undefined
    return found
  }
  const map = (input: UnresolvedRelation): UnresolvedRelation => withVariables(input, noting)
  const own = mapExpressionsOf(relation, (e) => noted(e, noting, map))
  const mapped = withUnresolvedInputs(own, map)
  return mapped.kind === 'cached' && used ? mapped.input : mapped
}

function noted(
  e: UnresolvedExpression,
  variable: VariableLookUp,
  map: (query: UnresolvedRelation) => UnresolvedRelation,
): UnresolvedExpression {
  if (e.kind === 'attribute') {
    const found = e.variable ? undefined : variable(e.parts)
    return found ? { ...e, variable: found } : e
  }
  if (!someNode(e, (node) => node.kind === 'attribute' || isSubquery(node))) return e
  const over = withOperands(e, (operand) => noted(operand, variable, map))
  return isSubquery(over) ? { ...over, query: map(over.query) } : over
}

/** An expression with what its names mean that are variables. */
export const withVariablesIn = (e: UnresolvedExpression, variable: VariableLookUp): UnresolvedExpression =>
  noted(e, variable, (query) => withVariables(query, variable))

/** Of an expression whose variables were noted: the value, where it is one of these. */
export const variableValue = (e: UnresolvedExpression): UnresolvedExpression =>
  e.kind === 'attribute' && e.variable ? { kind: 'literal', type: e.variable.type, value: e.variable.value } : e

/** A variable as Spark prints it in the name of an unnamed column. */
export const variableText = ({ name, type, value }: SessionVariable): string =>
  `variablereference(system.session.${name}=${
    value === null && type.kind !== 'void' ? `CAST(NULL AS ${sqlTypeName(type)})` : variableLiteral(type, value)
  })`

/** A literal that has its type when it is read again. */
function variableLiteral(type: DataType, value: SessionVariable['value']): string {
  if (type.kind === 'float') return `CAST('${literalText(type, value)}' AS FLOAT)`
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  return typedText(type, value)
}
