import { array, BIGINT, BOOLEAN, field, INT, struct } from '../../../columnar/types.js'
import { call, fieldOf, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { arrayOfValues, concatenated } from '../functions/array-operands.js'
import { buildCase } from '../functions/conditional.js'
import { type CallSite, kernelCall } from '../functions/definition.js'
import { madeLambda, madeVariables } from '../functions/made-lambdas.js'
import { castTo } from '../types/coercion.js'
import { harmonized } from './harmony.js'
import { collationKey } from './key.js'
import type { Collating } from './uses.js'

/* Functions that give elements of arrays which are compared: they are told of the keys, and each key is replaced by the first element that has it. */

/** The first of the elements that has a key. */
function elementOf(key: Expression, elements: Expression, site: CallSite): Expression {
  const keys = collationKey(elements)
  if (elements.type.kind !== 'array') return key
  const searched = concatenated([keys, arrayOfValues([key], site)], site)
  const position = kernelCall('packedPosition', BIGINT, [searched], site, { types: [0], givesNull: true })
  const place = call('subtract', INT, [castTo(position, INT), literal(INT, 1)], { origin: site.origin })
  return call('get', elements.type.element, [elements, place], { origin: site.origin, nullable: true })
}

/** A function that gives an array of elements: those at the first places of the keys that it gives. */
export const arrayByKeys: Collating = (definition, args, site) => {
  const alike = harmonized(args, site, true)
  const keysOfEach = alike.map(collationKey)
  const keys = definition.build(keysOfEach, site)
  const [elements, all] = [alike, keysOfEach].map((each) => (each.length === 1 ? each[0]! : concatenated(each, site)))
  if (keys.type.kind !== 'array' || elements!.type.kind !== 'array') return keys
  const size = call('size', INT, [keys], { origin: site.origin })
  const both = concatenated([keys, all!], site)
  const places = kernelCall('packedPlaces', array(INT, false), [both, size], site, { types: [0] })
  const type = array(elements!.type.element, keys.type.containsNull)
  return kernelCall('packedInOrder', type, [elements!, places], site, { types: [0] })
}

/** A function that gives one of the elements. */
export const elementByKeys: Collating = (definition, args, site) =>
  elementOf(definition.build(args.map(collationKey), site), args[0]!, site)

/**
 * A function that gives the elements in their order: of their keys, and of equal ones as they were. `array_sort` may have a lambda instead, which compares the elements
 * themselves.
 */
export const orderedByKeys =
  (nullsLast: boolean): Collating =>
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

export const appended: Collating = (definition, args, site) => definition.build(harmonized(args, site, false), site)
