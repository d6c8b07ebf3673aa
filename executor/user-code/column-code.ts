import type { DataType } from '../../columnar/types.js'

/** How generated loops read and write values of a type where they lie in linear memory. */
export interface ColumnCode {
  /** The array over the values. */
  readonly array: ArrayKind
  /** An expression for the value at row `i` of the array `d`. */
  read(d: string): string
  /** Whether `r`, which is not NULL, is a value as it is stored. */
  readonly isStored: string
  /** What is stored of `r`. */
  readonly stored: string
}

export type ArrayKind =
  | 'Int8Array'
  | 'Int16Array'
  | 'Int32Array'
  | 'BigInt64Array'
  | 'Float32Array'
  | 'Float64Array'
  | 'Uint8Array'

const integer = (array: ArrayKind, cut: string): ColumnCode => ({
  array,
  read: (d) => `${d}[i]`,
  isStored: `typeof r === 'number' && r === (${cut})`,
  stored: 'r',
})

const float = (array: ArrayKind): ColumnCode => ({
  array,
  read: (d) => `${d}[i]`,
  isStored: "typeof r === 'number'",
  stored: 'r',
})

/** Types whose values are one word; texts have code of their own, and other values are made and read block by block. */
const CODES: Partial<Record<DataType['kind'], ColumnCode>> = {
  boolean: {
    array: 'Uint8Array',
    read: (d) => `${d}[i] !== 0`,
    isStored: "typeof r === 'boolean'",
    stored: 'r ? 1 : 0',
  },
  tinyint: integer('Int8Array', 'r << 24 >> 24'),
  smallint: integer('Int16Array', 'r << 16 >> 16'),
  int: integer('Int32Array', 'r | 0'),
  bigint: {
    array: 'BigInt64Array',
    read: (d) => `${d}[i]`,
    isStored: "typeof r === 'bigint' && BigInt.asIntN(64, r) === r",
    stored: 'r',
  },
  float: float('Float32Array'),
  double: float('Float64Array'),
}

export const columnCode = ({ kind }: DataType): ColumnCode | undefined => CODES[kind]

/** Whether generated loops read and write values of a type where they lie. */
export const isDirect = (type: DataType): boolean => columnCode(type) !== undefined || isBytes(type)

/** Values that lie elsewhere, with a ref of each in the column. */
export const isBytes = ({ kind }: DataType): boolean => kind === 'string' || kind === 'binary'
