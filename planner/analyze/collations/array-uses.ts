import { array, BOOLEAN, type DataType, field, INT, struct } from '../../../columnar/types.js'
import { call, fieldOf, literal } from '../../plan/expression/build.js'
import type { Expression, LambdaVariable } from '../../plan/expression/expression.js'
import { concatenated } from '../functions/array-operands.js'
import { buildCase } from '../functions/conditional.js'
import { type CallSite, type FunctionDefinition, kernelCall } from '../functions/definition.js'
import { madeLambda, madeVariables } from '../functions/made-lambdas.js'
import { harmonized } from './harmony.js'
import { collationKey } from './key.js'

/* Functions that give elements of arrays which are compared: they are told of the keys, and each key is replaced by the first element that has it. */

type Build = (definition: FunctionDefinition, args: readonly Expression[], site: CallSite) => Expression

/** Beyond the levels of lambdas of queries, whose parameters the arrays may use. */
const [KEY_LEVEL, PAIR_LEVEL] = [1_000_000, 1_000_001]

const variable = (name: string, level: number, type: DataType, nullable: boolean): LambdaVariable =>
  Object.freeze({ kind: 'variable', name, level, type, nullable })

function lambda(parameter: LambdaVariable, body: Expression): Expression {
  const { type, nullable } = body
  return Object.freeze({ kind: 'lambda', parameters: [parameter], body, type, nullable })
}

/** The first of the elements that has a key. */
function elementOf(key: Expression, elements: Expression): Expression {
  const keys = collationKey(elements)
  if (elements.type.kind !== 'array' || keys.type.kind !== 'array') return key
  const fields = [field('element', elements.type.element), field('key', keys.type.element)]
  const pairs = call('zip', array(struct(fields), false), [elements, keys])
  const pair = variable('pair', PAIR_LEVEL, struct(fields), false)
  const isOfKey = call('eq_null_safe', BOOLEAN, [fieldOf(pair, fields, 1), key])
  const found = call('filter', pairs.type, [pairs, lambda(pair, isOfKey)])
  return fieldOf(call('get', struct(fields), [found, literal(INT, 0)], { nullable: true }), fields, 0)
}

/** A function that gives an array of elements. */
const ofArrays: Build = (definition, args, site) => {
  const alike = harmonized(args, site, true)
  const elements = alike.length === 1 ? alike[0]! : concatenated(alike, site)
  const keys = definition.build(alike.map(collationKey), site)
  if (keys.type.kind !== 'array' || elements.type.kind !== 'array') return keys
  const key = variable('key', KEY_LEVEL, keys.type.element, keys.type.containsNull)
  const type = array(elements.type.element, keys.type.containsNull)
  return call('transform', type, [keys, lambda(key, elementOf(key, elements))], { origin: site.origin })
}

/** A function that gives one of the elements. */
const ofElements: Build = (definition, args, site) =>
  elementOf(definition.build(args.map(collationKey), site), args[0]!)

/**
 * A function that gives the elements in their order: of their keys, and of equal ones as they were. `array_sort` may have a lambda instead, which compares the elements
 * themselves.
 */
const inOrder =
  (nullsLast: boolean): Build =>
  (definition, args, site) => {
    const alike = definition.build(args, site)
    const keys = collationKey(args[0]!)
    const ascending = nullsLast ? literal(BOOLEAN, true) : (args[1] ?? literal(BOOLEAN, true))
    if ((nullsLast && args.length > 1) || keys.type.kind !== 'array') return alike
    const [key, index] = madeVariables([keys.type.element, INT], args)
    const fields = [field('is_last', BOOLEAN, false), field('key', keys.type.element), field('place', INT)]
    const isLast = nullsLast ? call('is_null', BOOLEAN, [key!]) : literal(BOOLEAN, false)
    const place = buildCase([{ when: ascending, value: index! }], call('negate', INT, [index!]), site)
    const placed = madeLambda([key!, index!], call('named_struct', struct(fields), [isLast, key!, place]))
    const pairs = call('transform', array(struct(fields), false), [keys, placed], { origin: site.origin })
    const sorted = kernelCall('packedSorted', pairs.type, [pairs, ascending, literal(BOOLEAN, false)], site, {
      types: [0],
    })
    const [pair] = madeVariables([struct(fields)], args)
    const order = madeLambda([pair!], call('abs', INT, [fieldOf(pair!, fields, 2)]))
    const places = call('transform', array(INT), [sorted, order], { origin: site.origin })
    return kernelCall('packedInOrder', alike.type, [args[0]!, places], site, { types: [0] })
  }

export const ARRAY_USES: Readonly<Record<string, Build>> = {
  array_distinct: ofArrays,
  array_union: ofArrays,
  array_intersect: ofArrays,
  array_except: ofArrays,
  array_min: ofElements,
  array_max: ofElements,
  array_append: (definition, args, site) => definition.build(harmonized(args, site, false), site),
  sort_array: inOrder(false),
  array_sort: inOrder(true),
}
