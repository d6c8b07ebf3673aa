import { type DataType, isNested, sqlTypeName } from '../../columnar/types.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { LiteralValue } from '../plan/expression/literal.js'
import { literalText, typedText } from '../plan/expression/literal-text.js'
import type { SessionVariable, UnresolvedExpression } from '../plan/unresolved/expression.js'
import { withUnresolvedInputs } from '../plan/unresolved/inputs.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { arrayValues, mapEntries, structValues } from './constants/constant-expression.js'
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
    const found = e.variable || e.of !== undefined ? undefined : variableOf(e.parts, variable)
    return found ? { ...e, ...found } : e
  }
  if (!someNode(e, (node) => node.kind === 'attribute' || isSubquery(node))) return e
  const over = withOperands(e, (operand) => noted(operand, variable, map))
  return isSubquery(over) ? { ...over, query: map(over.query) } : over
}

/** The variable that a name means as a whole, or with fields of its value behind it. */
function variableOf(
  parts: readonly string[],
  variable: VariableLookUp,
): Pick<Extract<UnresolvedExpression, { kind: 'attribute' }>, 'variable' | 'within'> | undefined {
  const whole = variable(parts)
  if (whole) return { variable: whole }
  for (let length = parts.length - 1; length > 0; length--) {
    const found = variable(parts.slice(0, length))
    if (found && isNested(found.type)) return { variable: found, within: parts.slice(length) }
  }
  return undefined
}

/** An expression with what its names mean that are variables. */
export const withVariablesIn = (e: UnresolvedExpression, variable: VariableLookUp): UnresolvedExpression =>
  noted(e, variable, (query) => withVariables(query, variable))

/** Of an expression whose variables were noted: the value, where it is one of these. */
export function variableValue(e: UnresolvedExpression): UnresolvedExpression {
  if (e.kind !== 'attribute' || !e.variable || isNested(e.variable.type)) return e
  return { kind: 'literal', type: e.variable.type, value: e.variable.value as LiteralValue }
}

/** A variable as Spark prints it in the name of an unnamed column. */
export function variableText({ name, label, type, value }: SessionVariable): string {
  const place = label === undefined ? 'system.session' : `local.${/^\w+$/.test(label) ? label : quotedName(label)}`
  return `variablereference(${place}.${name}=${constantText(type, value)})`
}

/** An expression that has its type when it is read again. */
function constantText(type: DataType, value: SessionVariable['value']): string {
  if (value === null) return type.kind === 'void' ? 'NULL' : `CAST(NULL AS ${sqlTypeName(type)})`
  if (type.kind === 'struct') {
    const members = structValues(type, value).map(
      (own, i) => `'${type.fields[i]!.name}', ${constantText(type.fields[i]!.type, own)}`,
    )
    return `NAMED_STRUCT(${members.join(', ')})`
  }
  if (type.kind === 'array')
    return `ARRAY(${arrayValues(value)
      .map((own) => constantText(type.element, own))
      .join(', ')})`
  if (type.kind === 'map') {
    const entries = mapEntries(value).map(
      ([key, own]) => `${constantText(type.key, key)}, ${constantText(type.value, own)}`,
    )
    return `MAP(${entries.join(', ')})`
  }
  return plainConstantText(type, value as LiteralValue)
}

function plainConstantText(type: DataType, value: LiteralValue): string {
  if (type.kind === 'float') return `CAST('${literalText(type, value)}' AS FLOAT)`
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  return typedText(type, value)
}
