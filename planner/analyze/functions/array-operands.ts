import { hasFractions } from '../../../columnar/type-parts.js'
import {
  type ArrayType,
  array,
  type DataType,
  type DecimalType,
  quotedTypeName,
  sameType,
  VOID,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call } from '../../plan/expression/build.js'
import type { Call, Expression } from '../../plan/expression/expression.js'
import { isLenient } from '../session.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import { commonType, isNumeric } from '../types/common-types.js'
import { decimalOfIntegral } from '../types/decimal-types.js'
import { type CallSite, kernelCall } from './definition.js'

/* What functions of arrays want of their operands. */

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE for what is no array */
export function arrayOf(args: readonly Expression[], position: number, site: CallSite): ArrayType {
  return args[position]!.type.kind === 'void' ? array(VOID) : typedArrayOf(args, position, site)
}

/** The same of an array whose elements a lambda gets, which a NULL without a type is not either. */
export function typedArrayOf(args: readonly Expression[], position: number, site: CallSite): ArrayType {
  const { type } = args[position]!
  if (type.kind === 'array') return type
  throw unexpectedType(args[position]!, '"ARRAY"', position, site)
}

/** @throws DATATYPE_MISMATCH.NULL_TYPE for a NULL without a type */
export function refuseVoid(args: readonly Expression[], { sql, name, origin }: CallSite): void {
  if (!args.some(({ type }) => type.kind === 'void')) return
  throw new MillraceError('DATATYPE_MISMATCH.NULL_TYPE', { sqlExpr: sql, functionName: quotedName(name) }, { origin })
}

/** Whether numbers of which one is a decimal have no common type: the other is another decimal, no whole number or one that may have more digits. */
export function mixesDecimals(a: DataType, b: DataType): boolean {
  if (!isNumeric(a) || !isNumeric(b) || sameType(a, b)) return false
  if (a.kind === 'decimal') return b.kind === 'decimal' || !holds(a, b)
  return b.kind === 'decimal' && !holds(b, a)
}

function holds({ precision, scale }: DecimalType, number: DataType): boolean {
  const whole = decimalOfIntegral(number)
  return whole !== undefined && precision - scale >= whole.precision
}

/** The type of elements of both types; a text meets texts only. */
export function elementType(element: DataType, value: DataType): DataType | undefined {
  if (element.kind === 'void' || value.kind === 'void') return commonType(element, value)
  const [isText, isOtherText] = [element.kind === 'string', value.kind === 'string']
  return isText === isOtherText ? commonType(element, value) : undefined
}

/**
 * An array and a value that is one of its elements or is to be one. @throws DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES
 * @param mixes whether one may be a decimal and the other another number
 */
export function withElement(
  elements: Expression,
  value: Expression,
  site: CallSite,
  mixes = isLenient(),
): [Expression, Expression] {
  const { type } = elements
  const isKnown = type.kind === 'array' && (mixes || !mixesDecimals(type.element, value.type))
  const common = isKnown ? elementType(type.element, value.type) : undefined
  if (type.kind === 'array' && common)
    return [castTo(elements, array(common, type.containsNull)), castTo(value, common)]
  const parameters = {
    sqlExpr: site.sql,
    functionName: quotedName(site.name),
    dataType: '"ARRAY"',
    leftType: quotedTypeName(type),
    rightType: quotedTypeName(value.type),
  }
  throw new MillraceError('DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES', parameters, { origin: site.origin })
}

/** Two arrays with elements of one type. @throws DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES */
export function sameArrays(args: readonly Expression[], site: CallSite): readonly [Expression, Expression] {
  const [a, b] = args.map(({ type }) => type)
  const isKnown = a!.kind === 'array' && b!.kind === 'array' && (isLenient() || !mixesDecimals(a!.element, b!.element))
  const element = isKnown ? elementType(a!.element, b!.element) : undefined
  if (a!.kind === 'array' && b!.kind === 'array' && element)
    return [castTo(args[0]!, array(element, a!.containsNull)), castTo(args[1]!, array(element, b!.containsNull))]
  const parameters = {
    sqlExpr: site.sql,
    functionName: quotedName(site.name),
    arrayType: '"ARRAY"',
    leftType: quotedTypeName(a!),
    rightType: quotedTypeName(b!),
  }
  throw new MillraceError('DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES', parameters, { origin: site.origin })
}

/** An array that functions of sets give: of equal zeros Spark gives the positive one, whichever there were. */
export const withPositiveZeros = (elements: Call, site: CallSite): Call =>
  hasFractions(elements.type)
    ? kernelCall('packedNormalized', elements.type, [elements], site, { types: [0] })
    : elements

/** The elements of the arrays of an array; NULL where one of these is. */
export const flattened = (arrays: Expression, type: ArrayType, site: CallSite): Expression =>
  kernelCall('packedFlatten', type, [arrays], site, { types: [0], givesNull: true })

/** The elements of arrays of one type one behind the other; NULL where one of these is. */
export function concatenated(arrays: readonly Expression[], site: CallSite): Expression {
  const types = arrays.map(({ type }) => type as ArrayType)
  const type = array(
    types[0]!.element,
    types.some(({ containsNull }) => containsNull),
  )
  const unified = arrays.map((each) => castTo(each, type))
  const isNull = arrays.some(({ nullable }) => nullable)
  return flattened(call('array', array(type, isNull), unified, { origin: site.origin }), type, site)
}

/** An array of values of one type. */
export const arrayOfValues = (values: readonly Expression[], site: CallSite): Expression =>
  call(
    'array',
    array(
      values[0]!.type,
      values.some(({ nullable }) => nullable),
    ),
    values,
    { origin: site.origin },
  )
