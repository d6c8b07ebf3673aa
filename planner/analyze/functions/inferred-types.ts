import {
  array,
  type DataType,
  type DecimalType,
  DOUBLE,
  decimal,
  type Field,
  field,
  MAX_DECIMAL_PRECISION,
  STRING,
  type StructType,
  sameType,
  struct,
} from '../../../columnar/types.js'

/** The digits of a bigint. */
const BIGINT_DECIMAL = decimal(20, 0)

/** The type of values that are of two types that texts were found to have; text where nothing else is of both. */
export function mergedType(a: DataType, b: DataType): DataType {
  if (a.kind === 'void' || sameType(a, b)) return b
  if (b.kind === 'void') return a
  if (a.kind === 'struct' && b.kind === 'struct') return mergedStruct(a, b)
  if (a.kind === 'array' && b.kind === 'array') return array(mergedType(a.element, b.element))
  const [x, y] = [asDecimal(a, b), asDecimal(b, a)]
  if (x.kind === 'decimal' && y.kind === 'decimal') return widerDecimal(x, y)
  return isNumber(x) && isNumber(y) ? DOUBLE : STRING
}

const isNumber = ({ kind }: DataType): boolean => kind === 'bigint' || kind === 'double' || kind === 'decimal'

const asDecimal = (type: DataType, beside: DataType): DataType =>
  type.kind === 'bigint' && beside.kind === 'decimal' ? BIGINT_DECIMAL : type

function widerDecimal(a: DecimalType, b: DecimalType): DataType {
  const scale = Math.max(a.scale, b.scale)
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale)
  return whole + scale > MAX_DECIMAL_PRECISION ? DOUBLE : decimal(whole + scale, scale)
}

/** Fields in the order of their names. */
export const inOrder = (fields: readonly Field[]): readonly Field[] =>
  fields.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))

/** Fields by their names, in the order of these. */
function mergedStruct(a: StructType, b: StructType): DataType {
  const types = new Map(a.fields.map(({ name, type }) => [name, type]))
  for (const { name, type } of b.fields) {
    const known = types.get(name)
    types.set(name, known ? mergedType(known, type) : type)
  }
  return struct(inOrder([...types].map(([name, type]) => field(name, type))))
}
