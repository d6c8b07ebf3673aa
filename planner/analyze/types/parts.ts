import { array, BOOLEAN, type DataType, type Field, field, map, partTypes, struct } from '../../../columnar/types.js'
import { call, fieldOf } from '../../plan/expression/build.js'
import type { Expression, Lambda } from '../../plan/expression/expression.js'
import { madeLambda, madeVariables } from '../functions/made-lambdas.js'

/** What becomes of some of the parts that values consist of, by their types and those that they get. */
export interface PartChange {
  isOf(type: DataType, target: DataType): boolean
  /** What is there instead; it has the NULLs of the part. */
  changed(part: Expression, target: DataType): Expression
}

/**
 * The value with what becomes of its parts, in structs, arrays and maps of any depth; the value itself where there is nothing to change.
 * @param target a type that consists of as many parts
 */
export function withParts(e: Expression, change: PartChange, target: DataType = e.type): Expression {
  const { type, origin, nullable } = e
  if (!hasParts(type, target, change)) return e
  if (change.isOf(type, target)) return change.changed(e, target)
  const targets = partTypes(target)
  switch (type.kind) {
    case 'struct': {
      const parts = type.fields.map((_, i) => withParts(fieldOf(e, type.fields, i), change, targets[i]!))
      const fields = type.fields.map(({ name }, i) => field(name, parts[i]!.type, parts[i]!.nullable))
      const made = call('named_struct', struct(fields), parts, { origin })
      if (!nullable) return made
      const branches = [{ when: call('is_not_null', BOOLEAN, [e]), value: made }]
      return Object.freeze({ kind: 'case', branches, type: made.type, nullable: true })
    }
    case 'array': {
      const element = { type: type.element, nullable: type.containsNull }
      const lambda = lambdaOver(e, [element], 0, (part) => withParts(part, change, targets[0]!))
      return call('transform', array(lambda.type, type.containsNull), [e, lambda], { origin, nullable })
    }
    case 'map': {
      const entry = [
        { type: type.key, nullable: false },
        { type: type.value, nullable: type.valueContainsNull },
      ]
      const [ofKeys, ofValues] = [0, 1].map((at) =>
        lambdaOver(e, entry, at, (part) => withParts(part, change, targets[at]!)),
      ) as [Lambda, Lambda]
      const values = map(type.key, ofValues.type, type.valueContainsNull)
      const changed = call('transform_values', values, [e, ofValues], { origin, nullable })
      if (!hasParts(type.key, targets[0]!, change)) return changed
      // Keys do not depend on what became of the values.
      const [key, value] = ofKeys.parameters as [Lambda['parameters'][number], Lambda['parameters'][number]]
      const keys = { ...ofKeys, parameters: [key, Object.freeze({ ...value, type: ofValues.type })] }
      const both = map(ofKeys.type, ofValues.type, type.valueContainsNull)
      return call('transform_keys', both, [changed, Object.freeze(keys)], { origin, nullable })
    }
    default:
      return e
  }
}

function hasParts(type: DataType, target: DataType, change: PartChange): boolean {
  if (change.isOf(type, target)) return true
  const targets = partTypes(target)
  return partTypes(type).some((part, i) => targets[i] !== undefined && hasParts(part, targets[i], change))
}

/** A lambda over elements that gives what becomes of one of them. */
function lambdaOver(
  e: Expression,
  elements: readonly Pick<Field, 'type' | 'nullable'>[],
  wanted: number,
  becomes: (part: Expression) => Expression,
): Lambda {
  const types = elements.map(({ type }) => type)
  const variables = madeVariables(types, [e]).map((variable, i) =>
    Object.freeze({ ...variable, nullable: elements[i]!.nullable }),
  )
  return madeLambda(variables, becomes(variables[wanted]!))
}
