import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  type Field,
  field,
  INT,
  MAX_DECIMAL_PRECISION,
  STRING,
  struct,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  VOID,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { literal } from '../../plan/expression/build.js'
import { constantOf } from '../constants/constants.js'
import { type CallSite, kernelCall } from '../functions/definition.js'
import { inOrder } from '../functions/inferred-types.js'
import { nameKey } from '../names/names.js'

/** What kernels found of a column, a field or the elements of arrays (executor/kernels/interface/text-shapes.ts, where kinds are the bits of types). */
export interface Shape {
  readonly kinds: number
  /** Of decimals the most digits before and behind the point. */
  readonly whole: number
  readonly scale: number
  /** Whether an object has a field of that name twice. */
  readonly isTwice?: boolean
  readonly fields?: readonly (readonly [name: string, shape: Shape])[]
  readonly element?: Shape
}

/** What was found in the lines of one task, or in one text. */
export interface LineShapes {
  readonly isListed: boolean
  /** The first line that is malformed or no row, and what it is if it is another value. */
  readonly damaged?: { readonly line: string; readonly shape: Shape | undefined }
  /** A scale that no decimal may have. */
  readonly negativeScale?: number
  readonly row: Shape
}

/** As kernels write them (executor/kernels/assembly/shapes/shapes-text.ts). */
type NodeText = readonly [
  kinds: number,
  whole: number,
  scale: number,
  isTwice: number,
  fields: readonly (readonly [name: string, node: NodeText])[],
  element: NodeText | 0,
]
type ShapesText = readonly [
  isListed: number,
  negativeScale: number,
  row: NodeText,
  damaged?: string,
  node?: NodeText | 0,
]

/** Reads what kernels tell of lines. */
export function readShapes(text: string): LineShapes {
  const [isListed, negativeScale, row, line, node] = JSON.parse(text) as ShapesText
  return {
    isListed: isListed !== 0,
    row: shapeOf(row),
    ...(negativeScale < 0 ? { negativeScale } : {}),
    ...(line === undefined ? {} : { damaged: { line, shape: node ? shapeOf(node) : undefined } }),
  }
}

const shapeOf = ([kinds, whole, scale, isTwice, fields, element]: NodeText): Shape => ({
  kinds,
  whole,
  scale,
  isTwice: isTwice !== 0,
  fields: fields.map(([name, node]) => [name, shapeOf(node)]),
  ...(element ? { element: shapeOf(element) } : {}),
})

/** What a row of CSV or a value of JSON is, which a kernel finds as it does of lines in files. @param sample what kernels are told of the lines */
export function shapesOfText(text: string, sample: Buffer, site: CallSite): LineShapes {
  const found = kernelCall('shapesOfText', STRING, [literal(STRING, text), literal(BINARY, sample)], site)
  return readShapes(String(constantOf(found)!.value))
}

type Merge = (a: DataType, b: DataType) => DataType

/** The types of the bits of kinds, in the order of these. */
const TYPES: readonly ((shape: Shape, merged: Merge) => DataType)[] = [
  () => BOOLEAN,
  () => INT,
  () => BIGINT,
  // The most digits of both may be more than one has.
  ({ whole, scale }) => (whole + scale > MAX_DECIMAL_PRECISION ? DOUBLE : decimal(whole + scale, scale)),
  () => DOUBLE,
  () => DATE,
  () => TIMESTAMP,
  () => TIMESTAMP_NTZ,
  () => STRING,
  ({ fields = [] }, merged) => struct(inOrder(fields.map(([name, one]) => fieldOf(name, one, merged)))),
  ({ element }, merged) => array(element ? typeOfShape(element, merged) : VOID),
]

/** @throws COLUMN_ALREADY_EXISTS */
function fieldOf(name: string, shape: Shape, merged: Merge): Field {
  if (shape.isTwice) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: quotedName(nameKey(name)) })
  return field(name, typeOfShape(shape, merged))
}

/** The type that holds all values of a shape. */
export const typeOfShape = (shape: Shape, merged: Merge): DataType =>
  TYPES.reduce<DataType>(
    (found, typeOf, bit) => ((shape.kinds >> bit) & 1 ? merged(found, typeOf(shape, merged)) : found),
    VOID,
  )
