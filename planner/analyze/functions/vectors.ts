import { array, type DataType, FLOAT, quotedTypeName, sameType } from '../../../columnar/types.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { DETAIL_LINES, DETAIL_TEXT, type RoutineError } from '../../plan/expression/routine.js'
import { unexpectedType } from '../types/coercion.js'
import {
  between,
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'

/* Arrays of floats as vectors. */

/** What is made of vectors is one without NULLs. */
export const VECTOR = array(FLOAT, false)

/** Only arrays of floats are vectors; nothing is turned into one. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export function vectorOf(args: readonly Expression[], position: number, site: CallSite): Expression {
  const value = args[position]!
  if (value.type.kind === 'array' && value.type.element.kind === 'float') return value
  throw unexpectedType(value, '"ARRAY<FLOAT>"', position, site)
}

export const dimensionMismatch = ({ name }: CallSite): RoutineError => ({
  condition: 'VECTOR_DIMENSION_MISMATCH',
  parameters: { functionName: quotedName(name), leftDim: DETAIL_LINES[0], rightDim: DETAIL_LINES[1] },
})

const ofPair = (kernel: string): FunctionDefinition =>
  exactly(2, (args, site) => {
    const pair = [vectorOf(args, 0, site), vectorOf(args, 1, site)]
    return kernelCall(kernel, FLOAT, pair, site, { givesNull: true, errors: [dimensionMismatch(site)] })
  })

const EUCLIDEAN = literal(FLOAT, 2)

/** By a norm, whose degree is 2 unless it is told. */
const byNorm = (kernel: string, type: DataType): FunctionDefinition =>
  between(1, 2, (args, site) => {
    const degree = args[1] ?? EUCLIDEAN
    const operands = [vectorOf(args, 0, site), degree]
    if (!sameType(degree.type, FLOAT)) throw unexpectedType(degree, quotedTypeName(FLOAT), 1, site)
    const parameters = { functionName: quotedName(site.name), degree: DETAIL_TEXT }
    const errors: readonly RoutineError[] = [{ condition: 'INVALID_VECTOR_NORM_DEGREE', parameters }]
    return kernelCall(kernel, type, operands, site, { givesNull: true, errors })
  })

export const VECTORS: FunctionTable = {
  vector_norm: helped(
    '(vector[, degree])',
    "The length of an array of floats: of degree 2, or 1, or float('inf').",
    [
      ['vector_norm(array(3.0F, 4.0F))', '5.0'],
      ['vector_norm(array(3.0F, -4.0F), 1.0F)', '7.0'],
    ],
    byNorm('vectorNorm', FLOAT),
    { printed: { defaults: { count: 2, last: ['2.0'] } } },
  ),
  vector_normalize: helped(
    '(vector[, degree])',
    'An array of floats divided by its length (`vector_norm`); NULL where that is 0.',
    [['vector_normalize(array(3.0F, 4.0F))', '[0.6, 0.8]']],
    byNorm('vectorNormalized', VECTOR),
    { printed: { defaults: { count: 2, last: ['2.0'] } } },
  ),
  vector_inner_product: helped(
    '(vector, vector)',
    'The sum of the products of the floats with the same number in two arrays of one length.',
    [['vector_inner_product(array(1.0F, 2.0F, 3.0F), array(4.0F, 5.0F, 6.0F))', '32.0']],
    ofPair('vectorProduct'),
  ),
  vector_l2_distance: helped(
    '(vector, vector)',
    'How far two arrays of floats of one length are from each other as points.',
    [['vector_l2_distance(array(0.0F, 0.0F), array(3.0F, 4.0F))', '5.0']],
    ofPair('vectorDistance'),
  ),
  vector_cosine_similarity: helped(
    '(vector, vector)',
    'The cosine of the angle between two arrays of floats of one length; NULL where one has no length.',
    [['vector_cosine_similarity(array(1.0F, 0.0F), array(-1.0F, 0.0F))', '-1.0']],
    ofPair('vectorCosine'),
  ),
}
