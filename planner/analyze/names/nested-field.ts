import { array, STRING } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { call, fieldOf, literal } from '../../plan/expression/build.js'
import type { Expression, LambdaVariable } from '../../plan/expression/expression.js'

/** What a name is in arrays of structs, the fields of all of these, and in maps, the value of that key; undefined for other types. */
export function namedWithin(
  child: Expression,
  ordinalOf: (fields: readonly { readonly name: string }[]) => number,
  name: string,
  origin: Origin | undefined,
): Expression | undefined {
  const { type } = child
  const options = origin ? { origin } : {}
  if (type.kind === 'map' && type.key.kind === 'string')
    return call('map_value', type.value, [child, literal(STRING, name)], { ...options, nullable: true })
  if (type.kind !== 'array' || type.element.kind !== 'struct') return undefined
  const { element, containsNull } = type
  const variable: LambdaVariable = Object.freeze({
    kind: 'variable',
    name: 'x',
    level: 0,
    type: element,
    nullable: containsNull,
  })
  const body = fieldOf(variable, element.fields, ordinalOf(element.fields), origin)
  const parts = { type: body.type, nullable: body.nullable }
  const lambda: Expression = Object.freeze({ kind: 'lambda', parameters: [variable], body, ...parts })
  return call('transform', array(body.type, body.nullable), [child, lambda], { ...options, nullable: child.nullable })
}
