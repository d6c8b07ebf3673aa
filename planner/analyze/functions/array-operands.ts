import { type ArrayType, array, type DataType, quotedTypeName, VOID } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { castTo, unexpectedType } from '../coercion.js'
import { commonType, isNumeric } from '../common-types.js'
import { isLenient } from '../session.js'
import { type CallSite, kernelCall } from './definition.js'

/* What functions of arrays want of their operands. */

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE for what is no array */
export function arrayOf(args: readonly Expression[], position: number, site: CallSite): ArrayType {
  const { type } = args[position]!
  if (type.kind === 'array') return type
  if (type.kind === 'void') return array(VOID)
  throw unexpectedType(args[position]!, '"ARRAY"', position, site)
}

/** @throws DATATYPE_MISMATCH.NULL_TYPE for a NULL without a type */
export function refuseVoid(args: readonly Expression[], { sql, name, origin }: CallSite): void {
  if (!args.some(({ type }) => type.kind === 'void')) return
  throw new MillraceError('DATATYPE_MISMATCH.NULL_TYPE', { sqlExpr: sql, functionName: quotedName(name) }, { origin })
}

const mixesDecimals = (a: DataType, b: DataType): boolean =>
  isNumeric(a) && isNumeric(b) && (a.kind === 'decimal') !== (b.kind === 'decimal')

/** The type of elements of both types; a text meets texts only. */
function elementType(element: DataType, value: DataType): DataType | undefined {
  if (element.kind === 'void' || value.kind === 'void') return commonType(element, value)
  const [isText, isOtherText] = [element.kind === 'string', value.kind === 'string']
  return isText === isOtherText ? commonType(element, value) : undefined
}

/** An array and a value that is one of its elements or is to be one. @throws DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES */
export function withElement(elements: Expression, value: Expression, site: CallSite): [Expression, Expression] {
  const { type } = elements
  const isKnown = type.kind === 'array' && (isLenient() || !mixesDecimals(type.element, value.type))
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
  const element = a!.kind === 'array' && b!.kind === 'array' ? elementType(a!.element, b!.element) : undefined
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
