import { type ArrayType, array, BIGINT, BOOLEAN, type DataType, INT } from '../../../columnar/types.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { arrayByKeys } from '../collations/array-uses.js'
import { refuseUnordered } from '../types/orderable.js'
import {
  arrayOf,
  arrayOfValues,
  concatenated,
  refuseVoid,
  sameArrays,
  withElement,
  withPositiveZeros,
} from './array-operands.js'
import {
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
  type RoutineTraits,
} from './definition.js'

const ofFirst = { types: [0] } as const
const orNull = { types: [0], givesNull: true } as const

/** Elements that are equal once. */
const distinct: FunctionDefinition = exactly(1, (args, site) => {
  const type = arrayOf(args, 0, site)
  refuseUnordered(type.element, site)
  return withPositiveZeros(kernelCall('packedDistinct', type, args, site, ofFirst), site)
})

/** A kernel of two arrays, which gets them as one, and the size of the first. */
const ofTwo = (
  kernelName: string,
  typeOf: (a: ArrayType, b: ArrayType) => DataType,
  more: readonly Expression[],
  traits: RoutineTraits = ofFirst,
): FunctionDefinition =>
  exactly(2, (args, site) => {
    const [a, b] = sameArrays(args, site)
    const [first, second] = [a.type as ArrayType, b.type as ArrayType]
    refuseUnordered(first.element, site)
    const size = call('size', INT, [a], { origin: site.origin })
    const type = typeOf(first, second)
    const found = kernelCall(kernelName, type, [concatenated([a, b], site), size, ...more], site, traits)
    return type.kind === 'array' ? withPositiveZeros(found, site) : found
  })

const union: FunctionDefinition = exactly(2, (args, site) => {
  const arrays = sameArrays(args, site)
  refuseUnordered((arrays[0].type as ArrayType).element, site)
  const all = concatenated(arrays, site)
  return withPositiveZeros(kernelCall('packedDistinct', all.type, [all], site, ofFirst), site)
})

/** The array with the value behind its elements. */
const withLast = (args: readonly Expression[], site: CallSite): Expression => {
  const [elements, value] = withElement(args[0]!, args[1]!, site)
  refuseUnordered(value.type, site)
  return concatenated([elements, arrayOfValues([value], site)], site)
}

const position: FunctionDefinition = exactly(2, (args, site) => {
  if (args[0]!.type.kind === 'void') refuseVoid(args, site)
  arrayOf(args, 0, site)
  return kernelCall('packedPosition', BIGINT, [withLast(args, site)], site, orNull)
})

const remove: FunctionDefinition = exactly(2, (args, site) => {
  const all = withLast(args, site)
  return kernelCall('packedWithout', all.type, [all], site, orNull)
})

export const ARRAY_SETS: FunctionTable = {
  array_distinct: helped(
    '(array)',
    'The elements, equal ones once.',
    [['array_distinct(array(1, 2, 3, NULL, 3))', '[1, 2, 3, NULL]']],
    distinct,
    { collations: arrayByKeys },
  ),
  array_union: helped(
    '(array, array)',
    'The elements of both arrays, equal ones once.',
    [['array_union(array(1, 2, 3), array(1, 3, 5))', '[1, 2, 3, 5]']],
    union,
    { collations: arrayByKeys },
  ),
  array_intersect: helped(
    '(array, array)',
    'The elements that both arrays have, each once.',
    [['array_intersect(array(1, 2, 3), array(1, 3, 5))', '[1, 3]']],
    ofTwo('packedCommon', (a, b) => array(a.element, a.containsNull && b.containsNull), [literal(BOOLEAN, true)]),
    { collations: arrayByKeys },
  ),
  array_except: helped(
    '(array, array)',
    'The elements of the first array that the second one has not, each once.',
    [['array_except(array(1, 2, 3), array(1, 3, 5))', '[2]']],
    ofTwo('packedCommon', (a) => a, [literal(BOOLEAN, false)]),
    { collations: arrayByKeys },
  ),
  arrays_overlap: helped(
    '(array, array)',
    'Whether the arrays have an element in common; NULL where they have none and one of them has a NULL.',
    [
      ['arrays_overlap(array(1, 2, 3), array(3, 4, 5))', 'true'],
      ['arrays_overlap(array(1, NULL), array(2))', 'NULL'],
    ],
    ofTwo('packedOverlaps', () => BOOLEAN, [], orNull),
    { collations: 'keys' },
  ),
  array_position: helped(
    '(array, value)',
    'The number of the first element that equals the value, from 1; 0 where none does.',
    [['array_position(array(312, 773, 708, 708), 708)', '3']],
    position,
    { collations: 'keys' },
  ),
  array_remove: helped(
    '(array, value)',
    'The elements that do not equal the value.',
    [['array_remove(array(1, 2, 3, NULL, 3), 3)', '[1, 2, NULL]']],
    remove,
  ),
}
